import type { Stored } from '@ecsm/api-types';
import { SeededRandom } from '@ecsm/api-types/testing';
import { HandlerFailedError, InformerStoppedError, NotSyncedError, waitForSync } from '@ecsm/informer';
import { describe, expect, it } from 'vitest';

import { deferred, key, line, setUp, startAndSync, widget, type Widget } from './helpers/widget.js';

describe('handlers', () => {
  it('I4 hear of every object at their period, but not of one with an event pending', async () => {
    const { source, clock, informer, ...rest } = setUp({ cache: true });
    source.put(widget('a'));
    source.put(widget('b'));
    await startAndSync({ source, clock, informer, ...rest });
    const lines: string[] = [];
    const { promise: opened, resolve: open } = deferred();
    const handler = informer.addHandler(
      async (event) => {
        lines.push(line(event));
        if (event.type === 'modified') await opened;
      },
      { syncPeriodMs: 1000 },
    );
    await clock.advance(1000);
    expect(lines).toEqual(['added a initially', 'added b initially', 'sync a', 'sync b']);
    source.put(widget('a', 2));
    await clock.advance(0);
    source.put(widget('a', 3));
    await clock.advance(1000);
    // Of "a" the newer state is pending: an older one must not come after it.
    expect(handler.pending).toBe(2);
    open();
    await clock.advance(0);
    expect(lines.slice(4)).toEqual(['modified a 1->3', 'modified a 3->4', 'sync b']);
  });

  it('I5 the informer is synced at once after an empty list, and not before', async () => {
    const setup = setUp();
    const handler = setup.informer.addHandler(() => undefined);
    expect([setup.informer.isSynced, handler.isSynced]).toEqual([false, false]);
    await startAndSync(setup);
    await handler.synced();
    expect([setup.informer.isSynced, handler.isSynced]).toEqual([true, true]);
  });

  it('I5 a handler is synced only when it has processed the last of the initial objects', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    source.put(widget('a'));
    source.put(widget('b'));
    const gates = [deferred(), deferred()];
    let calls = 0;
    const handler = informer.addHandler(() => gates[calls++]?.promise);
    await startAndSync(setup);
    expect([informer.isSynced, handler.isSynced, calls]).toEqual([true, false, 1]);
    gates[0]!.resolve();
    await clock.advance(0);
    expect([handler.isSynced, calls]).toEqual([false, 2]);
    gates[1]!.resolve();
    await clock.advance(0);
    expect(handler.isSynced).toBe(true);
  });

  it('I5 an object that is deleted before the handler came to it does not keep it from being synced', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    for (const name of ['a', 'b']) source.put(widget(name));
    const first = deferred();
    const lines: string[] = [];
    const handler = informer.addHandler(async (event) => {
      lines.push(line(event));
      if (lines.length === 1) await first.promise;
    });
    await startAndSync(setup);
    source.remove(key('b'));
    await clock.advance(0);
    expect(handler.isSynced).toBe(false);
    first.resolve();
    await clock.advance(0);
    expect(handler.isSynced).toBe(true);
    expect(lines).toEqual(['added a initially', 'added b initially', 'deleted b known']);
  });

  it('I6 all who wait for events are released when the informer stops', async () => {
    const setup = setUp();
    await startAndSync(setup);
    const readers = Array.from({ length: 50 }, async () => {
      for await (const event of setup.informer.events()) throw new Error(`unexpected ${line(event)}`);
      return 'ended';
    });
    await setup.clock.advance(0);
    await setup.informer.stop();
    expect(new Set(await Promise.all(readers))).toEqual(new Set(['ended']));
  });

  it('I28a get every object first, marked initial, whenever they are added', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    source.put(widget('a'));
    const seen: Record<string, string[]> = { before: [], during: [], after: [] };
    const add = (when: string): void => {
      informer.addHandler((event) => {
        seen[when]?.push(line(event));
      });
    };
    add('before');
    informer.start();
    add('during');
    await clock.advance(0);
    source.put(widget('b'));
    await clock.advance(0);
    add('after');
    await clock.advance(0);
    source.put(widget('c'));
    await clock.advance(0);
    expect(seen).toEqual({
      before: ['added a initially', 'added b', 'added c'],
      during: ['added a initially', 'added b', 'added c'],
      after: ['added a initially', 'added b initially', 'added c'],
    });
  });

  it('I28b cannot be added after the informer stopped', async () => {
    const { informer } = setUp();
    await informer.stop();
    expect(() => informer.addHandler(() => undefined)).toThrow(InformerStoppedError);
    await expect(informer.events().next()).rejects.toThrow(InformerStoppedError);
  });

  it('I28c are not called after their removal, which is harmless the second time and after the stop', async () => {
    const setup = setUp();
    const { source, clock, informer, news } = setup;
    await startAndSync(setup);
    const lines: string[] = [];
    const handler = informer.addHandler((event) => {
      lines.push(line(event));
      handler.remove();
    });
    source.put(widget('a'));
    source.put(widget('b'));
    await clock.advance(0);
    handler.remove();
    await informer.stop();
    handler.remove();
    expect(lines).toEqual(['added a']);
    expect(news()).toEqual(['added a', 'added b']);
  });

  it('I28c removing one in the call of another does not disturb those that stay', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    await startAndSync(setup);
    const calls: string[] = [];
    const first = informer.addHandler(() => {
      calls.push('first');
      second.remove();
    });
    const second = informer.addHandler(() => {
      calls.push('second');
    });
    informer.addHandler(() => {
      calls.push('third');
    });
    source.put(widget('a'));
    await clock.advance(0);
    source.put(widget('b'));
    await clock.advance(0);
    expect(calls.filter((call) => call !== 'second')).toEqual(['first', 'third', 'first', 'third']);
    expect(calls.filter((call) => call === 'second').length).toBeLessThan(2);
    first.remove();
  });

  it('I28d the same function added twice is two handlers', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    let calls = 0;
    const count = (): void => {
      calls++;
    };
    const first = informer.addHandler(count);
    informer.addHandler(count);
    source.put(widget('a'));
    await startAndSync(setup);
    expect(calls).toBe(2);
    first.remove();
    source.put(widget('b'));
    await clock.advance(0);
    expect(calls).toBe(3);
  });

  it('I28e remove returns at once, dispose when the running call has ended, also before the start', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    const unused = informer.addHandler(() => undefined);
    unused.remove();
    await unused[Symbol.asyncDispose]();
    await startAndSync(setup);
    const { promise: opened, resolve: open } = deferred();
    let ended = false;
    const handler = informer.addHandler(async () => {
      await opened;
      ended = true;
    });
    source.put(widget('a'));
    await clock.advance(0);
    handler.remove();
    expect(ended).toBe(false);
    let isDisposed = false;
    const disposed = handler[Symbol.asyncDispose]().then(() => (isDisposed = true));
    await clock.advance(0);
    expect(isDisposed).toBe(false);
    open();
    await disposed;
    expect(ended).toBe(true);
  });

  it('I28 100 handlers that come and go during 10,000 events hear of each exactly once, from what exists on', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    await startAndSync(setup);
    /** What was told of changes, in order, to a handler that stays. */
    const all: string[] = [];
    informer.addHandler((event) => {
      all.push(line(event));
    });
    interface Guest {
      readonly initial: string[];
      readonly told: string[];
      readonly expected: () => string[];
      readonly existing: number;
      readonly goesAt: number;
      readonly remove: () => void;
    }
    const random = new SeededRandom(28);
    const arrive = (n: number): Guest => {
      const initial: string[] = [];
      const told: string[] = [];
      const from = all.length;
      const handler = informer.addHandler((event) => {
        (event.type === 'added' && event.initial ? initial : told).push(line(event));
      });
      const goesAt = n + random.int(1, 3000);
      const expected = (): string[] => all.slice(from);
      return { initial, told, expected, existing: informer.size, goesAt, remove: () => handler.remove() };
    };
    let present: Guest[] = [];
    const gone: { readonly told: string[]; readonly expected: string[] }[] = [];
    for (let n = 0; n < 10_000; n++) {
      const name = `w${random.int(0, 19)}`;
      if (n % 7 === 0) source.remove(key(name));
      else source.put(widget(name, n));
      if (n % 100 !== 0) continue;
      // Everybody has been told of everything so far when one comes and some go.
      await clock.advance(0);
      for (const guest of present.filter(({ goesAt }) => goesAt <= n)) {
        guest.remove();
        expect(guest.initial).toHaveLength(guest.existing);
        gone.push({ told: guest.told, expected: guest.expected() });
      }
      present = [...present.filter(({ goesAt }) => goesAt > n), arrive(n)];
    }
    await clock.advance(0);
    gone.push(...present.map((guest) => ({ told: guest.told, expected: guest.expected() })));
    expect(gone).toHaveLength(100);
    for (const { told, expected } of gone) expect(told).toEqual(expected);
    expect(setup.errors).toEqual([]);
  });

  it('I29 each hears of everything at its own period only, a period of 0 is never', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    const counts: Record<string, number> = {};
    const add = (name: string, syncPeriodMs: number): void => {
      counts[name] = 0;
      informer.addHandler(
        (event) => {
          if (event.type === 'sync') counts[name]!++;
        },
        { syncPeriodMs },
      );
    };
    add('2 s', 2000);
    add('3 s', 3000);
    add('never', 0);
    const snapshots: number[][] = [];
    for (let second = 1; second <= 6; second++) {
      await clock.advance(1000);
      snapshots.push(Object.values(counts));
      if (second === 3) add('late 2 s', 2000);
    }
    expect(snapshots).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
      [2, 1, 0, 0],
      [2, 1, 0, 1],
      [3, 2, 0, 1],
    ]);
  });

  it('I30 a slow one delays neither the informer nor others', async () => {
    const setup = setUp();
    const { source, clock, informer, news } = setup;
    await startAndSync(setup);
    const { promise: opened, resolve: open } = deferred();
    const slow = informer.addHandler(() => opened);
    for (let n = 0; n < 10; n++) source.put(widget(`w${n}`));
    await clock.advance(0);
    expect(informer.size).toBe(10);
    expect(news()).toHaveLength(10);
    expect(slow.pending).toBe(9);
    open();
    await clock.advance(0);
    expect(slow.pending).toBe(0);
  });

  it('I30 one that throws or rejects loses that event only, is reported, and is synced all the same', async () => {
    const setup = setUp();
    const { source, informer, errors, news } = setup;
    for (const name of ['a', 'b', 'c']) source.put(widget(name));
    let calls = 0;
    const broken = informer.addHandler(
      (event) => {
        calls++;
        if (event.key.name === 'a') throw new Error('thrown');
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a user may reject with anything
        return event.key.name === 'b' ? Promise.reject('rejected') : undefined;
      },
      { name: 'broken' },
    );
    await startAndSync(setup);
    await broken.synced();
    expect(calls).toBe(3);
    expect(news()).toHaveLength(3);
    expect(errors).toHaveLength(2);
    expect(errors[0]).toBeInstanceOf(HandlerFailedError);
    expect(errors[0]).toMatchObject({ handler: 'broken', key: 'default/a', code: 'InformerHandlerFailed' });
    expect(errors.map((error) => error.cause)).toEqual([new Error('thrown'), 'rejected']);
  });

  it('I30 an error listener that throws itself ends nothing', async () => {
    const setup = setUp({
      onError: () => {
        throw new Error('the listener is broken, too');
      },
    });
    setup.source.failNext('list', new Error('connection refused'));
    setup.source.put(widget('a'));
    setup.informer.start();
    await setup.clock.advance(1000);
    expect(setup.news()).toEqual(['added a initially']);
  });

  it('I31 waiting for several resolves when all are synced, and names on abort those that are not', async () => {
    const ready = setUp({ name: 'ready' });
    const late = setUp({ name: 'late' });
    const handler = late.informer.addHandler(() => undefined, { name: 'late handler' });
    await startAndSync(ready);
    const all = [ready.informer, late.informer, handler];
    const controller = new AbortController();
    const waiting = waitForSync(all, { signal: controller.signal });
    controller.abort(new Error('enough'));
    const error = await waiting.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NotSyncedError);
    expect(error).toMatchObject({ missing: ['late', 'late handler'], cause: new Error('enough') });
    expect((error as NotSyncedError).message).toContain('"late", "late handler"');
    const again = waitForSync(all);
    await startAndSync(late);
    await again;
    await waitForSync([]);
  });

  it('I31 waiting ends with an error when the informer stops or the handler is removed first', async () => {
    const { informer } = setUp();
    const handler = informer.addHandler(() => undefined);
    const forHandler = handler.synced();
    handler.remove();
    await expect(forHandler).rejects.toThrow(NotSyncedError);
    const forInformer = informer.synced();
    await informer.stop();
    await expect(forInformer).rejects.toThrow(NotSyncedError);
    await expect(informer.synced()).rejects.toThrow(NotSyncedError);
  });
});

describe('loops over events', () => {
  it('begin with what exists, and leave nothing behind when they end', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    const lines: string[] = [];
    const reading = (async () => {
      for await (const event of informer.events()) {
        lines.push(line(event));
        if (lines.length === 3) break;
      }
    })();
    await clock.advance(0);
    source.put(widget('b'));
    source.put(widget('c'));
    source.put(widget('d'));
    await clock.advance(0);
    await reading;
    expect(lines).toEqual(['added a initially', 'added b', 'added c']);
  });

  it('end when their signal aborts', async () => {
    const setup = setUp();
    await startAndSync(setup);
    const controller = new AbortController();
    const { signal } = controller;
    const ended = (async () => {
      for await (const event of setup.informer.events({ signal })) throw new Error(line(event));
      return 'ended';
    })();
    await setup.clock.advance(0);
    controller.abort();
    expect(await ended).toBe('ended');
    for await (const event of setup.informer.events({ signal })) throw new Error(line(event));
  });

  it('I7 come in batches with each key once, of initial events or others, up to the limit', async () => {
    const setup = setUp();
    const { source, clock, informer } = setup;
    for (const name of ['a', 'b', 'c']) source.put(widget(name));
    await startAndSync(setup);
    const batches: string[][] = [];
    const { promise: opened, resolve: open } = deferred();
    void (async () => {
      for await (const batch of informer.batches({ limit: 2 })) {
        batches.push(batch.map(line));
        await opened;
      }
    })();
    await clock.advance(0);
    source.put(widget('d'));
    source.put(widget('e'));
    source.put(widget('d', 2));
    source.put(widget('f'));
    await clock.advance(0);
    open();
    await clock.advance(0);
    expect(batches).toEqual([
      ['added a initially', 'added b initially'],
      ['added c initially'],
      ['added d', 'added e'],
      ['modified d 4->6', 'added f'],
    ]);
  });

  it('I7 come in batches without those that a transform fails on', async () => {
    const transform = (object: Stored<Widget>): Stored<Widget> => {
      if (object.metadata.name === 'broken') throw new Error('cannot read it');
      return object;
    };
    const setup = setUp({ cache: { transform } });
    for (const name of ['a', 'broken', 'c']) setup.source.put(widget(name));
    await startAndSync(setup);
    const batches: string[][] = [];
    void (async () => {
      for await (const batch of setup.informer.batches({ limit: 10 })) batches.push(batch.map(line));
    })();
    await setup.clock.advance(0);
    expect(batches).toEqual([['added a initially', 'added c initially']]);
  });
});
