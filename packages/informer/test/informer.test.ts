import { ExpiredError } from '@ecsm/api-types';
import { Informer } from '@ecsm/informer';
import { MemoryListWatch } from '@ecsm/informer/testing';
import { describe, expect, it } from 'vitest';

import { key, setUp, startAndSync, Widget, widget } from './helpers/widget.js';

describe('an informer', () => {
  it('I1 reports changes in the order they happened, each of them', async () => {
    const setup = setUp();
    const { source, clock, news } = setup;
    await startAndSync(setup);
    source.put(widget('a'));
    source.put(widget('b'));
    source.put(widget('a', 2));
    source.put(widget('a', 3));
    source.remove(key('b'));
    source.put(widget('b'));
    await clock.advance(0);
    expect(news()).toEqual(['added a', 'added b', 'modified a 1->3', 'modified a 3->4', 'deleted b known', 'added b']);
  });

  it('reports what exists once, then is synced', async () => {
    const setup = setUp();
    const { source, informer, events, news } = setup;
    source.put(widget('a'));
    source.put(widget('b'));
    expect(informer.isSynced).toBe(false);
    await startAndSync(setup);
    expect(news()).toEqual(['added a initially', 'added b initially']);
    expect(events[0]).toMatchObject({
      object: { spec: { size: 1 } },
      version: { resourceVersion: '1', generation: 1 },
    });
    expect([...informer.keys()]).toEqual([key('a'), key('b')]);
    expect(informer.versionOf(key('b'))).toEqual({ resourceVersion: '2', generation: 1 });
    expect(informer.versionOf(key('c'))).toBeUndefined();
    expect(informer.size).toBe(2);
    expect(informer.cache).toBeUndefined();
  });

  it('lists versions alone when nobody needs the objects', async () => {
    const setup = setUp({ listObjects: false });
    const { source, clock, events } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    source.put(widget('b'));
    await clock.advance(0);
    expect(source.requestsOf('list')).toEqual([]);
    expect(events.map((event) => [event.type, 'object' in event])).toEqual([
      ['added', false],
      ['added', true],
    ]);
  });

  it('I3 reports no deletion of something it never knew, or that is gone already', async () => {
    const setup = setUp();
    const { source, clock, informer, news } = setup;
    source.put(widget('a'));
    const known = source.remove(key('a'))!;
    const watch = source.watch.bind(source);
    source.watch = async function* (options) {
      // A source that tells of the end of what it never showed, twice.
      for (let n = 0; n < 2; n++) yield { type: 'deleted', object: known };
      yield* watch(options);
    };
    await startAndSync(setup);
    source.put(widget('b'));
    await clock.advance(0);
    expect(news()).toEqual(['added b']);
    expect([...informer.keys()]).toEqual([key('b')]);
  });

  it('reports an object that leaves the selection as deleted, with its present state', async () => {
    const setup = setUp({ labelSelector: 'app=web' });
    const { source, clock, news, events } = setup;
    source.put(widget('a', 1, { app: 'web' }));
    await startAndSync(setup);
    source.put(widget('a', 2));
    await clock.advance(0);
    expect(news()).toEqual(['added a initially', 'deleted a known']);
    expect(events[1]).toMatchObject({ object: { spec: { size: 2 }, metadata: { resourceVersion: '2' } } });
  });

  it('I13 tells the newest revision it has seen, also after deletions and bookmarks, and never goes back', async () => {
    const setup = setUp();
    const { source, informer, clock } = setup;
    const seen = (): string | undefined => informer.health().resourceVersion;
    expect(seen()).toBeUndefined();
    source.put(widget('a'));
    await startAndSync(setup);
    expect(seen()).toBe('1');
    source.put(widget('b'));
    await clock.advance(0);
    expect(seen()).toBe('2');
    source.remove(key('b'));
    await clock.advance(0);
    expect(seen()).toBe('3');
    source.skipRevision();
    source.bookmark();
    await clock.advance(0);
    expect(seen()).toBe('4');
    await informer.ownWrite(key('a'), async () => source.put(widget('a', 2)));
    source.expire();
    source.closeWatches();
    await clock.advance(60_000);
    expect(seen()).toBe('5');
    // A replica that lags behind, by its list and by its watch.
    const old = (await source.list()).items[0]!;
    const list = source.list.bind(source);
    source.list = async (options) => ({ ...(await list(options)), resourceVersion: '3' });
    const watch = source.watch.bind(source);
    source.watch = async function* (options) {
      yield { type: 'modified', object: { ...old, metadata: { ...old.metadata, resourceVersion: '4' } } };
      yield { type: 'bookmark', resourceVersion: '2' };
      yield* watch(options);
    };
    source.failNext('watch', new ExpiredError({ message: 'too old' }));
    await clock.advance(60_000);
    expect(source.requestsOf('list').length).toBeGreaterThan(2);
    expect(seen()).toBe('5');
    expect(informer.versionOf(key('a'))?.resourceVersion).toBe('5');
  });

  it('finds by comparison what the watch did not tell, without reading an object', async () => {
    const setup = setUp({ idleTimeoutMs: Infinity });
    const { source, clock, news, events } = setup;
    for (const name of ['stays', 'goes', 'changes']) source.put(widget(name));
    await startAndSync(setup);
    news();
    source.isSilent = true;
    source.remove(key('goes'));
    source.put(widget('changes', 2));
    source.put(widget('comes'));
    await clock.advance(599_999);
    expect(news()).toEqual([]);
    await clock.advance(1);
    expect(news().sort()).toEqual(['added comes', 'deleted goes unknown', 'modified changes 3->5']);
    expect(source.requestsOf('list')).toHaveLength(1);
    expect(source.requestsOf('listVersions')).toHaveLength(1);
    expect(events.slice(3).every((event) => 'origin' in event && event.origin === 'resync')).toBe(true);
    expect(events.slice(3).some((event) => 'object' in event)).toBe(false);
    await clock.advance(600_000);
    expect(news()).toEqual([]);
  });

  it('does not bring back by a late event what a comparison found deleted', async () => {
    const setup = setUp({ idleTimeoutMs: Infinity, pageSize: 1 });
    const { source, clock, informer, news } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    // The watch is held up while the object is changed and deleted, and then tells the whole story.
    source.isSilent = true;
    source.put(widget('a', 2));
    source.put(widget('b'));
    source.remove(key('a'));
    await clock.advance(600_000);
    expect(news()).toEqual(['added a initially', 'added b', 'deleted a unknown']);
    source.isSilent = false;
    source.closeWatches();
    await clock.advance(0);
    expect(news()).toEqual([]);
    expect([...informer.keys()]).toEqual([key('b')]);
  });

  it('takes what a program wrote itself into account at once', async () => {
    const setup = setUp();
    const { source, informer, events, clock } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    await informer.ownWrite(key('a'), async () => source.put(widget('a', 2)));
    expect(informer.versionOf(key('a'))).toEqual({ resourceVersion: '2', generation: 2 });
    await clock.advance(0);
    expect(events.at(-1)).toMatchObject({ type: 'modified', ownWrite: true, version: { resourceVersion: '2' } });
    expect(events).toHaveLength(2);
  });

  it('names the option that is out of range', () => {
    expect(() => setUp({ resyncPeriodMs: -1 })).toThrow(
      'resyncPeriodMs of informer "widgets" must be a number of at least 0, got -1',
    );
    expect(() => setUp({ pageSize: 0 })).toThrow(
      'pageSize of informer "widgets" must be a whole number of at least 1, got 0',
    );
    expect(() => setUp({ idleTimeoutMs: Number.NaN })).toThrow(RangeError);
    expect(() => setUp({ backoff: { baseMs: NaN } })).toThrow('baseMs of the backoff of informer "widgets" must be');
  });

  it('names the option that there is not, in plain JavaScript', () => {
    const make = (options: object) => (): unknown =>
      Reflect.construct(Informer, [new MemoryListWatch(Widget), options]);
    expect(make({ resyncPeriod: 5 })).toThrow(
      'informer "widgets" has no option "resyncPeriod": did you mean "resyncPer',
    );
    expect(make({ cache: { indexer: {} } })).toThrow('the cache of informer "widgets" has no option "indexer"');
    expect(make({ backoff: { base: 5 } })).toThrow('the backoff of informer "widgets" has no option "base"');
    const from = (source: unknown) => (): unknown => Reflect.construct(Informer, [source]);
    for (const source of [undefined, Widget, { kind: Widget, list: () => [] }]) {
      expect(from(source)).toThrow(
        'the source of an informer must have kind, list and watch, as registry.resource(kind)',
      );
    }
    const { informer } = setUp();
    expect(() => informer.addHandler(() => undefined, { nam: 'x' } as object)).toThrow('did you mean "name"?');
    expect(() => informer.addHandler('x' as unknown as () => void)).toThrow("must be a function, got 'x'");
  });
});
