import { inspect } from 'node:util';

import type { ListWatch, ObjectList, WatchEvent } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { Informer, PolledInformer, type PolledSource } from '@ecsm/informer';
import { MemoryListWatch } from '@ecsm/informer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

import { line, setUp, startAndSync, Widget, widget } from './helpers/widget.js';

function raise(): never {
  throw new Error('it hurts');
}

function revoked(): Error {
  const { proxy, revoke } = Proxy.revocable(new Error('inner'), {});
  revoke();
  return proxy;
}

/** An iterable whose `next` answers so. */
function answering(next: () => unknown): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next, return: raise }) } as unknown as AsyncIterable<never>;
}

const ring: Record<string, unknown> = { type: 'added' };
ring['object'] = ring;

const gadget = { kind: 'Gadget', metadata: { name: 'a', resourceVersion: '9', generation: 1 } };

// A rejection that nobody handles fails the whole test run.
describe('a source that does everything wrong', () => {
  const watches: readonly (readonly [what: string, watch: () => unknown])[] = [
    ['throws at once', raise],
    [
      'throws what cannot be touched',
      () => {
        throw revoked();
      },
    ],
    ['is no iterable', () => 5],
    ['answers with no promise', () => answering(() => 5)],
    ['answers with nothing', () => answering(() => Promise.resolve(undefined))],
    ['fails with what cannot be touched', () => answering(() => Promise.reject(revoked()))],
    ['yields nothing', () => answering(() => Promise.resolve({ value: undefined }))],
    ['yields null', () => answering(() => Promise.resolve({ value: null }))],
    ['yields a ring', () => answering(() => Promise.resolve({ value: ring }))],
    ['yields what cannot be touched', () => answering(() => Promise.resolve({ value: revoked() }))],
    ['yields a bookmark without a revision', () => answering(() => Promise.resolve({ value: { type: 'bookmark' } }))],
    [
      'yields a change of nobody',
      () => answering(() => Promise.resolve({ value: { type: 'added', object: { metadata: {} } } })),
    ],
    ['yields another kind', () => answering(() => Promise.resolve({ value: { type: 'added', object: gadget } }))],
    ['ends at once', () => answering(() => Promise.resolve({ done: true }))],
  ];

  it.each(watches)(
    'I22 I27 is asked again, with growing delay, and never ends the process: %s',
    async (what, watch) => {
      const clock = new ManualClock();
      const inner = new MemoryListWatch(Widget);
      let isBroken = true;
      let asked = 0;
      const source: ListWatch<Widget> = {
        kind: Widget,
        list: (options) => inner.list(options),
        watch: (options) => {
          asked++;
          return isBroken ? (watch() as AsyncIterable<WatchEvent<Widget>>) : inner.watch(options);
        },
      };
      const errors: Error[] = [];
      const informer = new Informer(source, { clock, random: () => 0, onError: (error) => errors.push(error) });
      onTestFinished(() => informer.stop());
      const lines: string[] = [];
      informer.addHandler((event) => {
        lines.push(line(event));
      });
      informer.start();
      await clock.advance(10_000);
      expect(informer.isSynced).toBe(true);
      expect(asked).toBeGreaterThan(1);
      expect(asked).toBeLessThan(8);
      if (what !== 'ends at once') expect(errors).toHaveLength(asked);
      expect(errors.every((error) => error.message.length < 2000)).toBe(true);
      isBroken = false;
      inner.put(widget('a'));
      await clock.advance(60_000);
      expect(lines).toEqual(['added a']);
    },
  );

  it.each([null, 5, {}, { kind: 'Widget' }, { kind: 'Widget', metadata: null }, gadget])(
    'I27 takes in nothing of a list with %j among its objects, and says what it got',
    async (wrong) => {
      const clock = new ManualClock();
      const list = { resourceVersion: '5', items: [wrong] } as unknown as ObjectList<Widget>;
      const errors: Error[] = [];
      const informer = new Informer<Widget>(
        { kind: Widget, list: () => Promise.resolve(list), watch: raise },
        { clock, onError: (error) => errors.push(error) },
      );
      onTestFinished(() => informer.stop());
      informer.start();
      await clock.advance(1000);
      expect(informer.isSynced).toBe(false);
      expect(errors[0]?.message).toContain(
        `stored objects of kind Widget of its source and got ${inspect(wrong, { depth: 0 })}`,
      );
    },
  );

  it.each([
    ['no list', () => Promise.resolve(undefined), 'a list must be an array, got undefined'],
    ['a text', () => Promise.resolve('rows'), "a list must be an array, got 'rows'"],
    [
      'an item without a key',
      () => Promise.resolve([{ state: 'up' }]),
      "keyOf must return a text, got undefined for { state: 'up' }",
    ],
    [
      'an item without a state',
      () => Promise.resolve([{ id: 'a' }]),
      "fingerprintOf must return a text, got undefined for { id: 'a' }",
    ],
  ])('a poll that gets %s fails and says what it got', async (_, list, message) => {
    const clock = new ManualClock();
    const errors: Error[] = [];
    const source = {
      list,
      keyOf: ({ id }: { readonly id?: string }) => id,
      fingerprintOf: ({ state }: { readonly state?: string }) => state,
    } as unknown as PolledSource<object>;
    const informer = new PolledInformer(source, { name: 'rows', clock, onError: (error) => errors.push(error) });
    onTestFinished(() => informer.stop());
    informer.start();
    await clock.advance(10);
    expect(errors[0]?.message).toBe(`listing for informer "rows" failed: ${message}`);
    expect([...informer.keys()]).toEqual([]);
  });

  it('I22 lists again after a list that threw what cannot be touched', async () => {
    const setup = setUp();
    setup.source.put(widget('a'));
    setup.source.failNext('list', revoked());
    setup.informer.start();
    await setup.clock.advance(10_000);
    expect(setup.news()).toEqual(['added a initially']);
    expect(setup.errors).toHaveLength(1);
  });

  it('polls again after a list that threw what cannot be touched', async () => {
    const clock = new ManualClock();
    let polls = 0;
    const informer = new PolledInformer<string>(
      {
        list: () => (++polls === 1 ? Promise.reject(revoked()) : Promise.resolve(['a'])),
        keyOf: (item) => item,
        fingerprintOf: (item) => item,
      },
      { name: 'rows', clock },
    );
    onTestFinished(() => informer.stop());
    informer.start();
    await clock.advance(10_000);
    expect([...informer.keys()]).toEqual(['a']);
  });
});

describe('listeners that throw', () => {
  it('I30 end neither an informer nor its handlers', async () => {
    const metrics = { event: raise, failed: raise, relisted: raise, handlerFailed: raise };
    const setup = setUp({ metrics, onError: raise, resyncPeriodMs: 1000 });
    setup.informer.addHandler(raise);
    setup.source.put(widget('a'));
    setup.source.failNext('list', new Error('not yet'));
    setup.informer.start();
    await setup.clock.advance(10_000);
    setup.source.put(widget('b'));
    await setup.clock.advance(0);
    expect(setup.news()).toEqual(['added a initially', 'added b']);
  });

  it('end no polling', async () => {
    const clock = new ManualClock();
    let polls = 0;
    const informer = new PolledInformer<string>(
      {
        list: () => (++polls === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(['a'])),
        keyOf: (item) => item,
        fingerprintOf: (item) => item,
      },
      { name: 'rows', clock, metrics: { polled: raise, handlerFailed: raise }, onError: raise },
    );
    onTestFinished(() => informer.stop());
    informer.addHandler(raise);
    informer.start();
    await clock.advance(10_000);
    expect(informer.health()).toMatchObject({ objects: 1, failures: 0 });
  });
});

describe('handlers', () => {
  it('I28 may add and remove handlers, themselves too, and stop the informer, in the middle of an event', async () => {
    const setup = setUp();
    setup.source.put(widget('a'));
    setup.source.put(widget('b'));
    const seen: string[] = [];
    const once = setup.informer.addHandler((event) => {
      seen.push(`once ${line(event)}`);
      once.remove();
      setup.informer.addHandler((inner) => {
        seen.push(`late ${line(inner)}`);
        if (seen.length === 3) void setup.informer.stop();
      });
    });
    await startAndSync(setup).catch(() => undefined);
    setup.source.put(widget('c'));
    await setup.clock.advance(1000);
    expect(seen).toEqual(['once added a initially', 'late added a initially', 'late added b initially']);
    expect(setup.informer.isStopped).toBe(true);
  });
});
