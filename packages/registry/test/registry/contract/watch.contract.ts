import { isExpiredError, isInternalError, isTimeoutError, Lease, type WatchEvent } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';
import { collect } from '../helpers/collect.js';
import { failureOf } from '../helpers/failure-of.js';
import type { OpenRegistry } from '../helpers/implementations.js';
import { lease, Widget, widget } from '../helpers/kinds.js';

function brief(event: WatchEvent<Widget>): string {
  if (event.type === 'bookmark') return `bookmark${event.initialEventsEnd === true ? ' end' : ''}`;
  const initial = event.type === 'added' && event.initial === true ? ' initial' : '';
  return `${event.type} ${event.object.metadata.name} ${event.object.spec.size}${initial}`;
}

const briefly = async (events: Promise<WatchEvent<Widget>[]>): Promise<string[]> => (await events).map(brief);

export function describeWatch(open: OpenRegistry): void {
  describe('watch', () => {
    it('S32 reports what happens after a resourceVersion, in order, of its kind and namespace alone', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const start = String(await test.store.revision());
      const a = await widgets.create(widget('a'));
      await test.registry.resource(Lease).create(lease('a'));
      await test.registry.resource(Widget).create({ ...widget('a'), metadata: { namespace: 'default2', name: 'a' } });
      await widgets.create(widget('b', { size: 2 }));
      await widgets.delete('b');
      await widgets.create(widget('c', { size: 3 }));
      const events = await collect(widgets, { resourceVersion: start }, 3);
      // Of b, the watcher is told the latest: states that are replaced before he asks are left out, deletions never.
      expect(events.map(brief)).toEqual(['added a 1', 'deleted b 2', 'added c 3']);
      expect(events[0]).toEqual({ type: 'added', object: a });
      const versions = events.map((event) => Number('object' in event ? event.object.metadata.resourceVersion : 0));
      expect(versions).toEqual([...versions].sort((x, y) => x - y));
    });

    it('without a start, reports what happens from the call on, before anyone iterates', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('before'));
      for (const [index, options] of [{}, { resourceVersion: '0' }, { resourceVersion: '' }].entries()) {
        const events = widgets.watch(options);
        const name = `after${index}`;
        await widgets.create(widget(name));
        for await (const event of events) {
          expect(brief(event)).toBe(`added ${name} 1`);
          break;
        }
      }
    });

    it('S33 objects enter, change in and leave the view of a label selector', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const label = (app: string | null, size: number): Promise<unknown> =>
        widgets.patch('a', { type: 'merge', patch: { metadata: { labels: { app } }, spec: { size } } });
      await widgets.create(widget('a'));
      const events = widgets.watch({ labelSelector: 'app=web' })[Symbol.asyncIterator]();
      const next = async (): Promise<string> => brief((await events.next()).value as WatchEvent<Widget>);
      await label('db', 2);
      await label('web', 3);
      expect(await next()).toBe('added a 3');
      await label('web', 4);
      expect(await next()).toBe('modified a 4');
      await label(null, 5);
      const left = (await events.next()).value as WatchEvent<Widget>;
      expect(brief(left)).toBe('deleted a 5'); // its current state, with the resourceVersion of this change
      expect('object' in left && left.object.metadata.resourceVersion).toBe(
        (await widgets.get('a')).metadata.resourceVersion,
      );
      await label('web', 6);
      expect(await next()).toBe('added a 6');
      await widgets.delete('a');
      expect(await next()).toBe('deleted a 6');
      await events.return?.();
    });

    it('S33 also when changes are told together: one that entered and left in between is not told at all', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const label = (name: string, app: string): Promise<unknown> =>
        widgets.patch(name, { type: 'merge', patch: { metadata: { labels: { app } } } });
      for (const name of ['left', 'gone', 'passing']) {
        await widgets.create(widget(name, {}, { labels: { app: name === 'passing' ? 'db' : 'web' } }));
      }
      const resourceVersion = String(await test.store.revision());
      await label('left', 'db');
      await label('left', 'cache');
      await label('gone', 'db');
      await widgets.delete('gone');
      await label('passing', 'web');
      await label('passing', 'db');
      await widgets.create(widget('last', {}, { labels: { app: 'web' } }));
      const events = await briefly(collect(widgets, { resourceVersion, labelSelector: 'app=web' }, 3));
      expect(events).toEqual(['deleted left 1', 'deleted gone 1', 'added last 1']);
    });

    it('S33 the view of a field selector', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const resize = (size: number): Promise<unknown> =>
        widgets.patch('a', { type: 'merge', patch: { spec: { size } } });
      await widgets.create(widget('a'));
      await widgets.create(widget('b'));
      const events = widgets.watch({ fieldSelector: 'spec.size=1', sendInitialEvents: true })[Symbol.asyncIterator]();
      const next = async (): Promise<string> => brief((await events.next()).value as WatchEvent<Widget>);
      expect([await next(), await next()]).toEqual(['added a 1 initial', 'added b 1 initial']);
      await resize(2);
      expect(await next()).toBe('deleted a 2');
      await resize(3);
      await resize(1);
      expect(await next()).toBe('added a 1');
      await widgets.delete('b');
      expect(await next()).toBe('deleted b 1');
      await resize(7);
      expect(await next()).toBe('deleted a 7');
      await widgets.delete('a');
      await widgets.create(widget('c'));
      expect(await next()).toBe('added c 1');
      await events.return?.();
    });

    it('S35 initial events come in key order, then a bookmark if asked for, then what happens', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      for (const name of ['b', 'a']) await widgets.create(widget(name));
      await test.registry.resource(Lease).create(lease('other')); // moves the global revision
      const events = widgets.watch({ sendInitialEvents: true, allowBookmarks: true })[Symbol.asyncIterator]();
      const seen: WatchEvent<Widget>[] = [];
      for (let count = 0; count < 3; count++) seen.push((await events.next()).value as WatchEvent<Widget>);
      expect(seen.map(brief)).toEqual(['added a 1 initial', 'added b 1 initial', 'bookmark end']);
      expect(seen[2]).toMatchObject({ resourceVersion: String(await test.store.revision()) });
      await widgets.create(widget('c'));
      let live: WatchEvent<Widget>;
      do live = (await events.next()).value as WatchEvent<Widget>;
      while (live.type === 'bookmark');
      expect(brief(live)).toBe('added c 1');
      await events.return?.();
      expect(await briefly(collect(widgets, { sendInitialEvents: true }, 3))).toEqual([
        'added a 1 initial',
        'added b 1 initial',
        'added c 1 initial',
      ]);
    });

    it('S35 a start that is not there yet is refused, never waited for', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget);
      for (const sendInitialEvents of [true, false]) {
        const failure = await failureOf(collect(widgets, { resourceVersion: '1000', sendInitialEvents }, 1));
        expect(failure).toSatisfy(isTimeoutError);
      }
    });

    it('S36 a start older than the kept history is Expired', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const { metadata } = await widgets.create(widget('a'));
      await widgets.create(widget('b'));
      const kept = String(await test.store.revision());
      await widgets.create(widget('c'));
      await test.registry.compact(Number(kept));
      expect(await failureOf(collect(widgets, { resourceVersion: metadata.resourceVersion }, 1))).toSatisfy(
        isExpiredError,
      );
      expect(await briefly(collect(widgets, { resourceVersion: kept }, 1))).toEqual(['added c 1']);
      expect(await collect(widgets, { resourceVersion: '0', sendInitialEvents: true }, 3)).toHaveLength(3);
    });

    it('S37 bookmarks come only when asked for, and never ahead of an event', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const events: WatchEvent<Widget>[] = [];
      const abort = new AbortController();
      const running = (async () => {
        for await (const event of widgets.watch({ allowBookmarks: true, signal: abort.signal })) events.push(event);
      })();
      for (let round = 0; round < 3; round++) {
        await widgets.create(widget(`w${round}`));
        await test.clock.advance(61_000);
      }
      abort.abort();
      await running;
      expect(events.filter(({ type }) => type === 'bookmark').length).toBeGreaterThan(2);
      let newest = 0;
      for (const event of events) {
        const version = Number(
          event.type === 'bookmark' ? event.resourceVersion : event.object.metadata.resourceVersion,
        );
        expect(version).toBeGreaterThanOrEqual(newest);
        newest = version;
      }
      expect(newest).toBe(await test.store.revision());
    });

    it('S37 who leaves amid the objects of one commit misses none of them: he goes on behind the last bookmark', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const start = String(await test.store.revision());
      await widgets.create(widget('before'));
      const together = ['a', 'b', 'c'].map((name) => widget(name));
      await test.registry.applyAll(together, { atomic: true });
      const watching = { allowBookmarks: true };
      const left = await collect(widgets, { ...watching, resourceVersion: start }, 2);
      expect(left.map(brief)).toEqual(['added before 1', 'added a 1']);
      const [before, a] = left.map((event) => ('object' in event ? event.object.metadata.resourceVersion : ''));
      // No bookmark came, so what is surely complete is what lies before the newest revision that was seen.
      const resumed = await collect(widgets, { ...watching, resourceVersion: before ?? '' }, 4);
      expect(resumed.map(brief)).toEqual(['added a 1', 'added b 1', 'added c 1', 'bookmark']);
      const bookmark = resumed[3]?.type === 'bookmark' ? resumed[3].resourceVersion : '';
      expect(bookmark).toBe(a);
      await widgets.create(widget('after'));
      expect(await briefly(collect(widgets, { resourceVersion: bookmark }, 1))).toEqual(['added after 1']);
    });

    it('S39 abort ends the loop without an error; data that cannot be read ends it with one', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      const abort = new AbortController();
      const running = collect(widgets, { signal: abort.signal }, 1);
      setImmediate(() => {
        abort.abort();
      });
      expect(await running).toEqual([]);
      expect(await collect(widgets, { signal: AbortSignal.abort(), sendInitialEvents: true }, 1)).toEqual([]);

      const { metadata } = await widgets.create(widget('a'));
      const key = { kind: 'widgets.test.dev', namespace: 'default', name: 'a' };
      const { revision, ...entry } = (await test.store.get(key))!;
      await test.store.commit({ checks: [{ key, revision }], writes: [{ type: 'put', ...entry, value: '{' }] });
      await widgets.create(widget('b'));
      const broken = widgets.watch({ resourceVersion: metadata.resourceVersion })[Symbol.asyncIterator]();
      expect(await failureOf(broken.next())).toSatisfy(isInternalError);
      expect(await broken.next()).toEqual({ done: true, value: undefined });
    });

    it('S39 leaving the loop frees everything', async () => {
      await using test = await open();
      const widgets = test.registry.resource(Widget).namespace('default');
      await widgets.create(widget('a'));
      for (let round = 0; round < 5; round++) await collect(widgets, { sendInitialEvents: true }, 1);
      await collect(widgets, { resourceVersion: '1' }, 1);
      expect((await test.registry.stats()).watchers).toBe(0);
    });
  });
}
