import type { Stored } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { deferred, key, line, setUp, startAndSync, widget, type Setup, type Widget } from './helpers/widget.js';

function sizeInCache({ informer }: Setup, name: string): number | undefined {
  return informer.cache?.get(key(name))?.spec.size;
}

/** A handler that hears of foreign changes only. */
function foreignNews({ informer }: Setup): string[] {
  const lines: string[] = [];
  informer.addHandler(
    (event) => {
      lines.push(line(event));
    },
    { skipOwnWrites: true },
  );
  return lines;
}

describe('own writes', () => {
  it('I32a are visible at once, before the watch tells of them', async () => {
    const setup = setUp({ cache: true });
    const { source, informer, clock, news } = setup;
    await startAndSync(setup);
    source.isSilent = true;
    const stored = await informer.ownWrite(key('a'), async () => source.put(widget('a', 1)));
    expect(stored.metadata.resourceVersion).toBe('1');
    expect(sizeInCache(setup, 'a')).toBe(1);
    await informer.ownWrite(key('a'), async () => source.put(widget('a', 2)));
    expect(sizeInCache(setup, 'a')).toBe(2);
    await clock.advance(0);
    expect(news()).toEqual(['added a', 'modified a 1->2']);
  });

  it('I32b give way to a newer state from the source, whichever comes first', async () => {
    const setup = setUp({ cache: true });
    const { source, informer, clock } = setup;
    source.put(widget('a', 1));
    await startAndSync(setup);
    let own: Stored<Widget> | undefined;
    await informer.ownWrite(key('a'), async () => {
      own = source.put(widget('a', 2));
      source.put(widget('a', 3));
      await clock.advance(0);
      return own;
    });
    expect(sizeInCache(setup, 'a')).toBe(3);
    await informer.ownWrite(key('a'), async () => source.put(widget('a', 4)));
    source.put(widget('a', 5));
    await clock.advance(0);
    expect(sizeInCache(setup, 'a')).toBe(5);
    await informer.ownWrite(key('a'), async () => own);
    expect(sizeInCache(setup, 'a')).toBe(5);
  });

  it('I32c leave no ghost when the object is deleted quickly, and do not hide a recreated one', async () => {
    const setup = setUp({ cache: true });
    const { source, informer, clock, news } = setup;
    await startAndSync(setup);
    await informer.ownWrite(key('a'), async () => {
      const stored = source.put(widget('a', 1));
      source.remove(key('a'));
      await clock.advance(0);
      return stored;
    });
    expect(informer.versionOf(key('a'))).toBeUndefined();
    await clock.advance(0);
    expect(news()).toEqual(['added a', 'deleted a known']);

    const first = await informer.ownWrite(key('a'), async () => source.put(widget('a', 2)));
    source.remove(key('a'));
    await clock.advance(0);
    expect(sizeInCache(setup, 'a')).toBeUndefined();
    const second = source.put(widget('a', 3));
    await clock.advance(0);
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
    expect(informer.cache?.get(key('a'))?.metadata.uid).toBe(second.metadata.uid);
  });

  it('I32d are not believed before the source shows them when versions have no order', async () => {
    const setup = setUp({ cache: true, source: { formatVersion: (revision) => `v${revision}` } });
    const { source, informer, clock, news } = setup;
    source.put(widget('a', 1));
    await startAndSync(setup);
    const foreign = foreignNews(setup);
    source.isSilent = true;
    await informer.ownWrite(key('a'), async () => source.put(widget('a', 2)));
    expect(sizeInCache(setup, 'a')).toBe(1);
    source.isSilent = false;
    await informer.ownWrite(key('a'), async () => {
      const stored = source.put(widget('a', 3));
      await clock.advance(0);
      return stored;
    });
    expect(sizeInCache(setup, 'a')).toBe(3);
    await clock.advance(0);
    expect(news()).toEqual(['added a initially', 'modified a v1->v3']);
    expect(foreign).toEqual(['added a initially']);
  });

  it('I32e can be left out by a handler, which still hears of a foreign change during the write', async () => {
    const setup = setUp();
    const { source, informer, clock, news } = setup;
    source.put(widget('a', 1));
    await startAndSync(setup);
    const foreign = foreignNews(setup);
    for (const echoFirst of [true, false]) {
      await informer.ownWrite(key('a'), async () => {
        source.put(widget('a', 100 + Number(echoFirst)));
        const stored = source.put(widget('a', 200 + Number(echoFirst)));
        source.put(widget('a', 300 + Number(echoFirst)));
        if (echoFirst) await clock.advance(0);
        return stored;
      });
      await clock.advance(0);
    }
    const all = ['added a initially', ...[1, 2, 3, 4, 5, 6].map((n) => `modified a ${n}->${n + 1}`)];
    // Without the echo in time the foreign change before the write was overtaken by its result.
    expect(news()).toEqual([...all.slice(0, 4), 'modified a 4->6', 'modified a 6->7']);
    expect(foreign).toEqual(['added a initially', 'modified a 1->2', 'modified a 3->4', 'modified a 6->7']);
  });

  it('I32e hold back only events of the object being written', async () => {
    const setup = setUp();
    const { source, informer, clock, news } = setup;
    await startAndSync(setup);
    let finish: (stored: undefined) => void = () => undefined;
    const writing = informer.ownWrite(key('a'), () => new Promise<undefined>((resolve) => (finish = resolve)));
    source.put(widget('a'));
    source.put(widget('b'));
    await clock.advance(0);
    expect(news()).toEqual(['added b']);
    finish(undefined);
    await writing;
    await clock.advance(0);
    expect(news()).toEqual(['added a']);
  });

  it('I32e a write that fails holds nothing back any longer and passes its error on', async () => {
    const setup = setUp();
    const { source, informer, clock, news } = setup;
    await startAndSync(setup);
    const refused = new Error('conflict');
    const writing = informer.ownWrite(key('a'), async () => {
      source.put(widget('a'));
      await clock.advance(0);
      throw refused;
    });
    await expect(writing).rejects.toBe(refused);
    await clock.advance(0);
    expect(news()).toEqual(['added a']);
  });

  it('I32f do not stay for ever when the source never shows them', async () => {
    const setup = setUp({ cache: true, ownWriteTtlMs: 5000, resyncPeriodMs: 0 });
    const { source, informer, clock, news } = setup;
    const real = source.put(widget('a', 1));
    await startAndSync(setup);
    news();
    const lost = { ...real, spec: { size: 2 }, metadata: { ...real.metadata, resourceVersion: '50' } };
    const ghost = { ...lost, metadata: { ...lost.metadata, name: 'ghost' } };
    await informer.ownWrite(key('a'), async () => lost);
    await informer.ownWrite(key('ghost'), async () => ghost);
    expect([sizeInCache(setup, 'a'), sizeInCache(setup, 'ghost')]).toEqual([2, 2]);
    await clock.advance(4999);
    expect(sizeInCache(setup, 'a')).toBe(2);
    await clock.advance(1);
    await clock.advance(0);
    expect([sizeInCache(setup, 'a'), sizeInCache(setup, 'ghost')]).toEqual([1, undefined]);
    expect(news()).toEqual(['modified a 1->50', 'added ghost', 'modified a 50->1', 'deleted ghost unknown']);
  });

  it('I32f an own write that the source has shown stays', async () => {
    const setup = setUp({ ownWriteTtlMs: 5000 });
    const { source, informer, clock } = setup;
    await startAndSync(setup);
    await informer.ownWrite(key('a'), async () => source.put(widget('a')));
    await clock.advance(10_000);
    expect(source.requestsOf('list')).toHaveLength(1);
    expect(informer.versionOf(key('a'))?.resourceVersion).toBe('1');
  });

  it('leave no timer when they end after the stop', async () => {
    const { source, informer, clock } = setUp();
    source.put(widget('a', 1));
    informer.start();
    await clock.advance(0);
    const late = deferred();
    const write = informer.ownWrite(key('a'), async () => {
      await late.promise;
      return source.put(widget('a', 2));
    });
    await informer.stop();
    late.resolve();
    expect((await write).spec.size).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('do not bring an object into a view that may not show it', async () => {
    const setup = setUp({ labelSelector: 'app=web' });
    const { source, informer, clock, news } = setup;
    source.put(widget('a', 1, { app: 'web' }));
    await startAndSync(setup);
    await informer.ownWrite(key('b'), async () => source.put(widget('b')));
    await informer.ownWrite(key('a'), async () => source.put(widget('a', 2)));
    await clock.advance(0);
    expect(news()).toEqual(['added a initially', 'modified a 1->3', 'deleted a known']);
  });
});
