import { ExpiredError, type ListOptions } from '@ecsm/api-types';
import { TransformFailedError, type InformerEvent } from '@ecsm/informer';
import { describe, expect, it } from 'vitest';

import { deferred, key, line, setUp, startAndSync, widget, type Setup, type Widget } from './helpers/widget.js';

/** Lets changes happen that the watch does not tell, and the next list find them. */
async function relistAfter(setup: Setup, change: () => void): Promise<void> {
  setup.source.isSilent = true;
  change();
  await setup.clock.advance(0);
  setup.source.isSilent = false;
  setup.source.failNext('watch', new ExpiredError({ message: 'too old' }));
  await setup.clock.advance(60_000);
}

const byLabel = (label: string) => (object: Widget) => object.metadata.labels?.[label]?.split(',') ?? [];

describe('an informer with an object cache', () => {
  it('I2 a new list deletes what it does not show, with the last state known', async () => {
    const setup = setUp({ cache: true });
    const { source, news, events } = setup;
    for (const name of ['a', 'b', 'c']) source.put(widget(name));
    await startAndSync(setup);
    news();
    await relistAfter(setup, () => {
      source.remove(key('b'));
      source.put(widget('c', 3));
      source.put(widget('d'));
    });
    expect(news()).toEqual(['deleted b unknown', 'modified c 3->5', 'added d']);
    expect(events[3]).toMatchObject({ object: { spec: { size: 1 } }, version: { resourceVersion: '2' } });
    expect(events[4]).toMatchObject({ previous: { spec: { size: 1 } }, object: { spec: { size: 3 } } });
  });

  it('I2 what was deleted already is not deleted again, nor by two empty lists', async () => {
    const setup = setUp({ cache: true });
    const { source, clock, news } = setup;
    source.put(widget('a'));
    source.put(widget('b'));
    await startAndSync(setup);
    source.remove(key('a'));
    await clock.advance(0);
    news();
    await relistAfter(setup, () => source.remove(key('b')));
    expect(news()).toEqual(['deleted b unknown']);
    await relistAfter(setup, () => undefined);
    expect(news()).toEqual([]);
  });

  it('I2 what only the queue of a handler knows is deleted once, with the newest state known', async () => {
    const setup = setUp({ cache: true });
    const { source, informer, clock } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    const { promise: opened, resolve: open } = deferred();
    const seen: string[] = [];
    informer.addHandler(async (event) => {
      seen.push(`${line(event)}${event.type === 'deleted' ? `, size ${event.object?.spec.size}` : ''}`);
      await opened;
    });
    // All of this waits behind the call for "a", which does not end.
    source.put(widget('queued', 1));
    source.put(widget('queued', 2));
    source.put(widget('gone', 5));
    source.remove(key('gone'));
    await clock.advance(0);
    await relistAfter(setup, () => source.remove(key('queued')));
    await relistAfter(setup, () => undefined);
    expect(seen).toEqual(['added a initially']);
    open();
    await clock.advance(0);
    expect(seen.filter((each) => each.includes('queued'))).toEqual([
      'added queued',
      'modified queued 2->3',
      'deleted queued unknown, size 2',
    ]);
    expect(seen.filter((each) => each.includes('gone'))).toEqual(['added gone', 'deleted gone known, size 5']);
  });

  it('I3 a deletion that the watch tells carries the last state', async () => {
    const setup = setUp({ cache: true });
    const { source, clock, events } = setup;
    source.put(widget('a', 7));
    await startAndSync(setup);
    source.remove(key('a'));
    source.remove(key('a'));
    await clock.advance(0);
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ type: 'deleted', finalState: 'known', object: { spec: { size: 7 } } });
  });

  it('I8 takes a list in as one step, deletions first, and a handler finds in the cache what its event says', async () => {
    const setup = setUp({ cache: true, pageSize: 1 });
    const { source, informer, errors, news } = setup;
    const cache = informer.cache!;
    const namesSeen = new Set<string>();
    for (const name of ['a', 'b', 'c']) source.put(widget(name));
    const sizes: number[] = [];
    const list = source.list.bind(source);
    source.list = (options?: ListOptions) => {
      sizes.push(cache.size);
      return list(options);
    };
    informer.addHandler((event: InformerEvent<Widget>) => {
      namesSeen.add(
        cache
          .list()
          .map((object) => object.metadata.name)
          .sort()
          .join(' '),
      );
      if (event.type === 'sync') return;
      if (event.type === 'deleted') {
        if (cache.get(event.key) !== undefined) throw new Error(`the cache still shows ${event.key.name}`);
        return;
      }
      if (cache.get(event.key) !== event.object) throw new Error(`the cache shows another ${event.key.name}`);
    });
    await startAndSync(setup);
    await relistAfter(setup, () => {
      source.remove(key('a'));
      source.remove(key('b'));
      source.put(widget('c', 2));
      source.put(widget('aa'));
    });
    // Neither between two pages nor in a handler is half of a list to be seen.
    expect(sizes).toEqual([0, 0, 0, 3, 3]);
    expect([...namesSeen]).toEqual(['a b c', 'aa c']);
    expect(news().slice(3)).toEqual(['deleted a unknown', 'deleted b unknown', 'added aa', 'modified c 3->6']);
    expect(errors.filter((error) => error.name === 'HandlerFailedError')).toEqual([]);
  });

  it('I9 applies a transform once to each object before it is kept or reported, also to a last state', async () => {
    const transformed = new Set<object>();
    const setup = setUp({
      cache: {
        transform: (object) => {
          if (transformed.has(object)) throw new Error('twice');
          const slim = { ...object, spec: { size: object.spec.size * 10 } };
          transformed.add(slim).add(object);
          return slim;
        },
      },
    });
    const { source, clock, informer, events, errors } = setup;
    source.put(widget('a', 1));
    await startAndSync(setup);
    source.put(widget('a', 2));
    source.put(widget('b', 3));
    await clock.advance(0);
    expect(informer.cache?.get(key('a'))?.spec.size).toBe(20);
    source.remove(key('a'));
    await clock.advance(0);
    await relistAfter(setup, () => source.put(widget('b', 4)));
    const sizes = events.map((event) => ('object' in event ? event.object.spec.size : undefined));
    expect(sizes).toEqual([10, 20, 30, 20, 40]);
    expect(errors.filter((error) => error.name === 'TransformFailedError')).toEqual([]);
  });

  it('I9 reports a transform that throws, leaves that change out, and goes on', async () => {
    let isBroken = true;
    const setup = setUp({
      cache: {
        transform: (object) => {
          if (isBroken && object.metadata.name === 'bad') throw new Error('cannot read it');
          return object;
        },
      },
    });
    const { source, informer, errors, news, clock } = setup;
    for (const name of ['good', 'bad', 'fine']) source.put(widget(name));
    await startAndSync(setup);
    expect(informer.isSynced).toBe(true);
    expect(news()).toEqual(['added fine initially', 'added good initially']);
    expect(errors[0]).toBeInstanceOf(TransformFailedError);
    expect(errors[0]).toMatchObject({ key: 'default/bad', cause: new Error('cannot read it') });
    isBroken = false;
    await clock.advance(600_000);
    await clock.advance(0);
    expect(news()).toEqual(['added bad']);
  });

  it('I10 is a map by key: add, update, delete, get, list, and a list that replaces everything', async () => {
    const setup = setUp({ cache: true });
    const { source, clock, informer } = setup;
    const cache = informer.cache!;
    expect(cache.list()).toEqual([]);
    expect(cache.get(key('a'))).toBeUndefined();
    await startAndSync(setup);
    source.put(widget('a'));
    source.put(widget('b'));
    source.put(widget('a', 2));
    source.put({ ...widget('a'), metadata: { name: 'a', namespace: 'other' } });
    await clock.advance(0);
    expect(cache.get(key('a'))?.spec.size).toBe(2);
    expect(cache.list().map((object) => `${object.metadata.namespace}/${object.metadata.name}`)).toEqual([
      'default/a',
      'default/b',
      'other/a',
    ]);
    expect(cache.list({ namespace: 'other' })).toHaveLength(1);
    source.remove(key('b'));
    await clock.advance(0);
    expect(cache.get(key('b'))).toBeUndefined();
    await relistAfter(setup, () => {
      source.remove(key('a'));
      source.put(widget('c'));
    });
    expect(cache.list().map((object) => object.metadata.name)).toEqual(['a', 'c']);
  });

  it('I11 finds an object under each value of an index, moves it on update and drops empty values', async () => {
    const setup = setUp({ cache: { indexers: { app: byLabel('app') } } });
    const { source, clock, informer } = setup;
    const cache = informer.cache!;
    const names = (value: string): string[] => cache.byIndex('app', value).map((object) => object.metadata.name);
    source.put(widget('a', 1, { app: 'web,db' }));
    source.put(widget('b', 1, { app: 'web' }));
    source.put(widget('none'));
    await startAndSync(setup);
    expect([names('web'), names('db')]).toEqual([['a', 'b'], ['a']]);
    source.put(widget('a', 1, { app: 'web,cache' }));
    await clock.advance(0);
    expect([names('web').sort(), names('db'), names('cache')]).toEqual([['a', 'b'], [], ['a']]);
    expect([...cache.indexValues('app')].sort()).toEqual(['cache', 'web']);
    source.remove(key('a'));
    await clock.advance(0);
    expect([names('web'), names('cache'), cache.indexValues('app')]).toEqual([['b'], [], ['web']]);
    source.remove(key('b'));
    await clock.advance(0);
    expect(cache.indexValues('app')).toEqual([]);
  });

  it('I12 takes an index at any time, complete at once; a name twice or unknown is an error, a value unknown is none', async () => {
    const setup = setUp({ cache: { indexers: { app: byLabel('app') } } });
    const { source, informer } = setup;
    const cache = informer.cache!;
    source.put(widget('a', 1, { app: 'web', zone: 'x' }));
    await startAndSync(setup);
    cache.addIndexer('zone', byLabel('zone'));
    expect(cache.byIndex('zone', 'x').map((object) => object.metadata.name)).toEqual(['a']);
    expect(() => cache.addIndexer('app', byLabel('app'))).toThrow('there is an index "app" already');
    expect(() => cache.byIndex('size', '1')).toThrow('there is no index "size"; known are: app, zone');
    expect(cache.byIndex('zone', 'y')).toEqual([]);
  });

  it('finds by comparison what the watch did not tell, and takes the objects along', async () => {
    const setup = setUp({ cache: true, idleTimeoutMs: Infinity });
    const { source, clock, informer, news } = setup;
    source.put(widget('a'));
    await startAndSync(setup);
    await clock.advance(600_000);
    expect(source.requestsOf('list')).toHaveLength(1);
    news();
    source.isSilent = true;
    source.put(widget('a', 2));
    await clock.advance(0);
    source.isSilent = false;
    await clock.advance(600_000);
    expect(news()).toEqual(['modified a 1->2']);
    expect(informer.cache?.get(key('a'))?.spec.size).toBe(2);
  });
});
