import { ExpiredError, TimeoutError, TooManyRequestsError, type ListOptions, type WatchEvent } from '@ecsm/api-types';
import { UnusableAnswerError } from '@ecsm/informer';
import type { MemoryListWatch } from '@ecsm/informer/testing';
import { describe, expect, it } from 'vitest';

import { deferred, key, setUp, startAndSync, watchVersionsAsked, widget, type Widget } from './helpers/widget.js';

function listVersionsAsked(source: MemoryListWatch<Widget>): (string | undefined)[] {
  return source.requestsOf('list').map(({ options }) => options.resourceVersion);
}

const refused = new Error('connection refused');

describe('listing and watching', () => {
  it('I14 lists any state first, watches from its revision, and lists again from the last one seen', async () => {
    const setup = setUp();
    const { source, clock } = setup;
    for (let n = 1; n <= 10; n++) source.put(widget(`w${n}`));
    await startAndSync(setup);
    expect(listVersionsAsked(source)).toEqual(['0']);
    expect(watchVersionsAsked(source)).toEqual(['10']);
    expect(source.requestsOf('watch')[0]?.options).toMatchObject({ allowBookmarks: true });
    source.expire();
    source.failNext('watch', new ExpiredError({ message: 'too old' }));
    source.closeWatches();
    await clock.advance(60_000);
    expect(listVersionsAsked(source)).toEqual(['0', '10']);
  });

  it('I15 lists the newest state when even the last revision seen has expired', async () => {
    const setup = setUp();
    const { source, clock } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    source.failNext('watch', new ExpiredError({ message: 'too old' }));
    source.failNext('list', new ExpiredError({ message: 'too old' }));
    await clock.advance(60_000);
    expect(listVersionsAsked(source)).toEqual(['0', '1', undefined]);
  });

  it('I15 lists all at once when the pages expire on the way', async () => {
    const setup = setUp({ pageSize: 1 });
    const { source, clock, news } = setup;
    source.put(widget('a'));
    source.put(widget('b'));
    source.put(widget('c'));
    let lists = 0;
    const list = source.list.bind(source);
    source.list = async (options?: ListOptions) => {
      if (++lists === 2) source.failNext('list', new ExpiredError({ message: 'the continue token is too old' }));
      return list(options);
    };
    await startAndSync(setup);
    await clock.advance(0);
    const asked = source
      .requestsOf('list')
      .map(({ options }) =>
        'limit' in options ? [options.resourceVersion, options.limit] : [options.resourceVersion],
      );
    expect(asked).toEqual([['0', 1], [undefined, 1], ['0']]);
    expect(news()).toEqual(['added a initially', 'added b initially', 'added c initially']);
  });

  it('has asked for the next page when it takes one in', async () => {
    const setup = setUp({ pageSize: 1 });
    const { source, informer } = setup;
    for (const name of ['a', 'b', 'c']) source.put(widget(name));
    const steps: string[] = [];
    const list = source.list.bind(source);
    source.list = async (options?: ListOptions) => {
      steps.push('asked');
      return list(options);
    };
    informer.addHandler(({ key: { name } }) => void steps.push(name));
    await startAndSync(setup);
    expect(steps).toEqual(['asked', 'asked', 'a', 'asked', 'b', 'c']);
  });

  it('leaves no request behind when it stops between two pages', async () => {
    const setup = setUp({ pageSize: 1 });
    const { source, informer } = setup;
    for (const name of ['a', 'b']) source.put(widget(name));
    const list = source.list.bind(source);
    let isEnded = false;
    const asked = new Promise<void>((resolve) => {
      source.list = async (options?: ListOptions) => {
        if (options?.continue === undefined) return list(options);
        resolve();
        await new Promise<void>((end) => options.signal?.addEventListener('abort', () => setImmediate(end)));
        isEnded = true;
        throw refused;
      };
    });
    informer.start();
    await asked;
    await informer.stop();
    expect(isEnded).toBe(true);
  });

  it('I16 lists the newest state when the revision lies in the future of the source', async () => {
    const setup = setUp();
    const { source, clock } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    source.failNext('watch', new ExpiredError({ message: 'too old' }));
    source.failNext('list', new TimeoutError({ message: 'revision 1 is not there yet' }));
    await clock.advance(60_000);
    expect(listVersionsAsked(source)).toEqual(['0', '1', undefined]);
  });

  it('I17 moves the last revision with every event, and with a bookmark without calling a handler', async () => {
    const setup = setUp();
    const { source, clock, informer, news } = setup;
    await startAndSync(setup);
    const seen: (string | undefined)[] = [];
    const step = async (change: () => void): Promise<void> => {
      change();
      await clock.advance(0);
      seen.push(informer.health().resourceVersion);
    };
    await step(() => source.put(widget('a')));
    await step(() => source.put(widget('a', 2)));
    await step(() => {
      source.skipRevision();
      source.bookmark();
    });
    await step(() => source.remove(key('a')));
    expect(seen).toEqual(['1', '2', '3', '4']);
    expect(news()).toEqual(['added a', 'modified a 1->2', 'deleted a known']);
    // Others may share the revision of the last event: only a bookmark says that it is complete.
    source.closeWatches();
    await clock.advance(0);
    expect(watchVersionsAsked(source)).toEqual(['0', '3']);
    source.bookmark();
    await clock.advance(0);
    source.closeWatches();
    await clock.advance(0);
    expect(watchVersionsAsked(source)).toEqual(['0', '3', '4']);
    expect(news()).toEqual([]);
  });

  it('I18 resumes a closed watch without listing, and backs off without listing when refused', async () => {
    const setup = setUp();
    const { source, clock, errors } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    for (let n = 0; n < 3; n++) {
      source.put(widget('a', n + 2));
      source.bookmark();
      await clock.advance(0);
      source.closeWatches();
      await clock.advance(0);
    }
    expect(watchVersionsAsked(source)).toEqual(['1', '2', '3', '4']);
    source.failNext('watch', new TooManyRequestsError({ message: 'slow down' }));
    await clock.advance(0);
    source.failNext('watch', new TooManyRequestsError({ message: 'slow down' }));
    source.failNext('watch', refused);
    await clock.advance(10_000);
    expect(source.requestsOf('watch')).toHaveLength(4 + 3);
    expect(errors).toHaveLength(3);
    expect(listVersionsAsked(source)).toEqual(['0']);
  });

  it('I18 misses nothing of a commit in the midst of which the connection breaks', async () => {
    const setup = setUp({ resyncPeriodMs: 0 });
    const { source, clock, informer, news } = setup;
    source.put(widget('a'));
    source.put(widget('b'));
    await startAndSync(setup);
    news();
    source.closeWatchesAfter(1);
    source.commit(() => {
      source.put(widget('a', 2));
      source.remove(key('b'));
      source.put(widget('c'));
    });
    await clock.advance(0);
    expect(news()).toEqual(['modified a 1->3', 'deleted b known', 'added c']);
    expect(watchVersionsAsked(source)).toEqual(['2', '2']);
    // The newest revision seen is not the one up to which everything is known.
    expect(informer.health().resourceVersion).toBe('3');
    source.bookmark();
    await clock.advance(0);
    source.closeWatches();
    await clock.advance(0);
    expect(watchVersionsAsked(source)).toEqual(['2', '2', '3']);
    expect(news()).toEqual([]);
  });

  it('I18 does not ask again and again a source that ends every watch at once', async () => {
    const setup = setUp();
    const { source, clock } = setup;
    const watch = source.watch.bind(source);
    source.watch = (options) => {
      source.closeWatches();
      const events = watch(options);
      void Promise.resolve().then(() => source.closeWatches());
      return events;
    };
    await startAndSync(setup);
    await clock.advance(60_000);
    expect(source.requestsOf('watch').length).toBeLessThan(12);
  });

  it('I18 does not ask again and again a source that ends every watch after the event it said before', async () => {
    const setup = setUp();
    const { source, clock } = setup;
    await startAndSync(setup);
    const watch = source.watch.bind(source);
    source.watch = (options) => {
      source.closeWatchesAfter(1);
      return watch(options);
    };
    source.put(widget('a'));
    source.closeWatches();
    await clock.advance(60_000);
    expect(source.requestsOf('watch').length).toBeLessThan(12);
    expect(setup.news()).toEqual(['added a']);
  });

  it.each([
    ['a watch that is open', false],
    ['a new one', true],
  ])(
    'I20 lists after Expired from %s: what vanished is deleted, what changed modified, others not mentioned',
    async (_, isNew) => {
      const setup = setUp();
      const { source, clock, news } = setup;
      for (const name of ['same', 'gone', 'changed']) source.put(widget(name));
      await startAndSync(setup);
      news();
      source.isSilent = true;
      source.remove(key('gone'));
      source.put(widget('changed', 2));
      source.put(widget('new'));
      source.expire();
      await clock.advance(0);
      source.isSilent = false;
      if (isNew) source.closeWatches();
      else source.failNext('watch', new ExpiredError({ message: 'too old' }));
      await clock.advance(60_000);
      expect(news().sort()).toEqual(['added new', 'deleted gone unknown', 'modified changed 3->5']);
      expect(setup.events.at(-1)).toMatchObject({ origin: 'relist' });
      expect(setup.errors.map(({ name }) => name)).toEqual(['ExpiredError']);
      expect(watchVersionsAsked(source).at(-1)).toBe(source.resourceVersion);
    },
  );

  it('I22 stops cleanly before it was started, while it lists, watches or waits, and leaves a watch once', async () => {
    const never = setUp();
    await never.informer.stop();
    expect(() => never.informer.start()).toThrow('has been stopped');

    const listing = setUp();
    let isAborted = false;
    listing.source.list = (options) =>
      new Promise((_, reject) => {
        options?.signal?.addEventListener('abort', () => {
          isAborted = true;
          reject(options.signal?.reason as Error);
        });
      });
    listing.informer.start();
    await listing.informer.stop();
    expect(isAborted).toBe(true);

    const watching = setUp();
    await startAndSync(watching);
    expect(watching.source.openWatches).toBe(1);
    await watching.informer.stop();
    await watching.clock.advance(0);
    expect(watching.source.openWatches).toBe(0);
    expect(watching.clock.pendingTimers).toBe(0);
    expect(watching.informer.health().state).toBe('stopped');

    // The watch ends by itself right before the stop, or in the same step behind it.
    for (const isEndedFirst of [true, false]) {
      const ending = setUp();
      const { source, clock, informer } = ending;
      const watch = source.watch.bind(source);
      let left = 0;
      source.watch = (options) => {
        const events = watch(options)[Symbol.asyncIterator]();
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => events.next(),
            return: async () => {
              left++;
              return (await events.return?.()) ?? { done: true, value: undefined };
            },
          }),
        };
      };
      await startAndSync(ending);
      if (isEndedFirst) source.closeWatches();
      const stopped = informer.stop();
      if (!isEndedFirst) source.closeWatches();
      await stopped;
      await clock.advance(0);
      expect([source.openWatches, left, clock.pendingTimers, source.requestsOf('watch').length]).toEqual([0, 1, 0, 1]);
      expect(ending.errors).toEqual([]);
    }

    const waiting = setUp();
    waiting.source.failNext('list', refused);
    waiting.informer.start();
    await waiting.clock.advance(0);
    expect(waiting.informer.health()).toMatchObject({ state: 'waiting', failures: 1, lastError: refused });
    await waiting.informer.stop();
    expect(waiting.clock.pendingTimers).toBe(0);
  });

  it('I22 does not wait for a watch that hangs', async () => {
    const setup = setUp();
    const { source, clock, informer, errors } = setup;
    let returned = 0;
    source.watch = () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<WatchEvent<Widget>>>(() => undefined),
        return: () => {
          returned++;
          return Promise.reject(new Error('cannot be left'));
        },
      }),
    });
    await startAndSync(setup);
    await clock.advance(300_000);
    expect(errors).toHaveLength(1);
    await informer.stop();
    await clock.advance(0);
    expect(returned).toBe(2);
  });

  it('I27 takes an unusable answer for an error, keeps what it knows, and tries again', async () => {
    const setup = setUp();
    const { source, clock, errors, informer } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    const list = source.list.bind(source);
    const answers: unknown[] = [
      { resourceVersion: '9', items: [{ apiVersion: 'meta.k8s.io/v1', kind: 'Table', metadata: { name: 'a' } }] },
      { kind: 'Status', status: 'Success' },
      { items: [] },
    ];
    source.list = (options) => {
      const answer = answers.shift();
      return answer === undefined ? list(options) : Promise.resolve(answer as Awaited<ReturnType<typeof list>>);
    };
    source.failNext('watch', new ExpiredError({ message: 'too old' }));
    await clock.advance(60_000);
    expect(errors.slice(1).map((error) => error.message)).toEqual([
      'informer "widgets" expected stored objects of kind Widget of its source and got ' +
        "{ apiVersion: 'meta.k8s.io/v1', kind: 'Table', metadata: [Object] }",
      'informer "widgets" expected a list with resourceVersion and items of its source and got one without items',
      'informer "widgets" expected a list with resourceVersion and items of its source and got one without resourceVersion',
    ]);
    expect(errors[1]).toBeInstanceOf(UnusableAnswerError);
    expect(informer.size).toBe(1);
    expect(setup.news()).toEqual(['added a initially']);
  });

  it('I27 takes an unusable event for an error and resumes the watch', async () => {
    const setup = setUp();
    const { source, clock, errors, news } = setup;
    const watch = source.watch.bind(source);
    const events: unknown[] = [
      { type: 'error', object: { code: 500 } },
      { type: 'added' },
      { type: 'added', object: {} },
    ];
    source.watch = async function* (options) {
      if (events.length > 0) yield events.shift() as WatchEvent<Widget>;
      yield* watch(options);
    };
    await startAndSync(setup);
    source.put(widget('a'));
    await clock.advance(60_000);
    expect(errors).toHaveLength(3);
    expect(errors[0]?.message).toContain('{"type":"error","object":{"code":500}}');
    expect(news()).toEqual(['added a']);
  });

  it('lists again when versions have no order and a comparison finds a difference', async () => {
    const setup = setUp({ source: { formatVersion: (revision) => `v${revision}` }, idleTimeoutMs: Infinity });
    const { source, clock, news } = setup;
    for (const name of ['same', 'gone', 'changed']) source.put(widget(name));
    await startAndSync(setup);
    await clock.advance(600_000);
    expect(source.requestsOf('list')).toHaveLength(1);
    news();
    source.isSilent = true;
    source.put(widget('changed', 2));
    source.remove(key('gone'));
    await clock.advance(0);
    source.isSilent = false;
    await clock.advance(600_000);
    expect(news().sort()).toEqual(['deleted gone unknown', 'modified changed v3->v4']);
    expect(source.requestsOf('list')).toHaveLength(2);
    source.put(widget('same', 2));
    await clock.advance(0);
    expect(news()).toEqual(['modified same v1->v6']);
  });

  it('makes a list count whole although the comparison it takes the place of ends late', async () => {
    const setup = setUp({ resyncPeriodMs: 60_000 });
    const { source, clock, news } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    const late = deferred();
    source.listVersions = async () => {
      await late.promise;
      throw refused;
    };
    const list = source.list.bind(source);
    source.list = async (options?: ListOptions) => {
      const page = await list(options);
      late.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      return page;
    };
    await clock.advance(60_000);
    source.isSilent = true;
    source.put(widget('b'));
    source.remove(key('a'));
    source.expire();
    source.failNext('watch', new ExpiredError({ message: 'too old' }));
    await clock.advance(10_000);
    expect(watchVersionsAsked(source)).toEqual(['1', '3']);
    expect(news()).toEqual(['added a initially', 'added b', 'deleted a unknown']);
  });

  it('tells its metrics what happens', async () => {
    const seen: string[] = [];
    const setup = setUp({
      idleTimeoutMs: Infinity,
      metrics: {
        event: (type, origin) => seen.push(`${type} ${origin}`),
        relisted: (reason) => seen.push(`relisted ${reason}`),
        failed: (step) => seen.push(`failed ${step}`),
        handlerFailed: (handler) => seen.push(`${handler} failed`),
      },
    });
    const { source, clock, informer } = setup;
    source.put(widget('a'));
    source.failNext('list', refused);
    informer.addHandler(
      () => {
        throw new Error('no');
      },
      { name: 'broken' },
    );
    informer.start();
    await clock.advance(1000);
    source.put(widget('b'));
    await clock.advance(0);
    source.failNext('watch', new ExpiredError({ message: 'too old' }));
    await clock.advance(1000);
    await clock.advance(600_000);
    expect(seen).toEqual([
      'failed list',
      'added list',
      'broken failed',
      'added watch',
      'broken failed',
      'failed watch',
      'relisted expired',
      'relisted resync',
    ]);
    expect(informer.health()).toEqual({
      name: 'widgets',
      state: 'watching',
      synced: true,
      lastSignAgeMs: 2000,
      objects: 2,
      resourceVersion: '2',
      failures: 0,
      lastError: undefined,
    });
  });
});
