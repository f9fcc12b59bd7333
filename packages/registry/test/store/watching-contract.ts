import { isBadRequestError, isExpiredError } from '@ecsm/api-types';
import type { ManualClock } from '@ecsm/api-types/testing';
import type { Store, StoreEvent } from '@ecsm/registry';
import { describe, expect, it } from 'vitest';
import { key, put, remove, show, take } from './helpers.js';

/** What every store promises to those who watch it. */
export function describeWatching(
  current: () => { readonly store: Store; readonly clock: ManualClock; readonly start: number },
): void {
  const a = key('a');
  const b = key('b');
  const write = (...writes: Parameters<Store['commit']>[0]['writes']) => current().store.commit({ checks: [], writes });

  describe('watching', () => {
    it('S32 reports all changes of its kind after a revision, ascending, exactly once', async () => {
      const { store } = current();
      const from = await write(put(a, '0'));
      await write(put(b, '1'));
      await write(put(key('c', 'other'), '1'));
      await write(put(key('x', '', 'things'), '1'));
      await write(remove(a));
      const all = (await take(store.watch({ kind: 'notes', afterRevision: from }), 3)).map(show);
      expect(all).toEqual([`put b=1 created@${from + 1}`, `put c=1 created@${from + 2}`, `delete a=0@${from + 4}`]);
      const ofNamespace = store.watch({ kind: 'notes', namespace: 'default', afterRevision: from });
      expect((await take(ofNamespace, 2)).map(show)).toEqual([`put b=1 created@${from + 1}`, `delete a=0@${from + 4}`]);
    });

    it('S32 reports live changes as they are committed', async () => {
      const { store, start } = current();
      const iterator = store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator]();
      for (const text of ['1', '2', '3']) {
        const next = iterator.next();
        const revision = await write(put(a, text));
        const event = (await next).value as StoreEvent;
        expect(show(event)).toBe(`put a=${text}${text === '1' ? ' created' : ''}@${revision}`);
      }
      await iterator.return?.();
    });

    it('counts how far the slowest watcher is behind, and other kinds do not hold it back', async () => {
      const { store, start } = current();
      const lag = async () => (await store.stats()).watchLag;
      const fast = store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator]();
      const slow = store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator]();
      expect(await lag()).toBe(0);
      const waiting = fast.next();
      await write(put(a, '1'));
      await waiting;
      expect(await lag()).toBe(0);
      void fast.next();
      await write(put(key('x', '', 'things'), '1'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(await lag()).toBe(0);
      // The slow one takes the first of several events and no more.
      await write(put(b, '1'));
      await write(put(key('c'), '1'));
      await slow.next();
      expect(await lag()).toBe(3);
      await slow.return?.();
      await fast.return?.();
      expect(await lag()).toBe(0);
    });

    it('S32 leaves out states that were replaced before they were read, and tells a creation all the same', async () => {
      const { store, start } = current();
      await write(put(a, '1'));
      await write(put(a, '2'));
      const last = await write(put(a, '3'));
      expect((await take(store.watch({ kind: 'notes', afterRevision: start }), 1)).map(show)).toEqual([
        `put a=3 created@${last}`,
      ]);
    });

    it('S32 reports a deletion and what came anew under the key as two', async () => {
      const { store } = current();
      const from = await write(put(a, '1'));
      const deleted = await write(remove(a));
      await write(put(a, '2'));
      const last = await write(put(a, '3'));
      expect((await take(store.watch({ kind: 'notes', afterRevision: from }), 2)).map(show)).toEqual([
        `delete a=1@${deleted}`,
        `put a=3 created@${last}`,
      ]);
    });

    it('S33 tells the labels a watcher saw last, where they differ, also across states it did not see', async () => {
      const { store } = current();
      const from = await write(put(a, '1', { labels: { app: 'web' } }), put(b, '1', { labels: { app: 'web' } }));
      await write(put(a, '2', { labels: { app: 'db' } }));
      await write(put(a, '3', { labels: { app: 'other' } }));
      await write(put(b, '2', { labels: { app: 'db' } }));
      await write(put(b, '3', { labels: { app: 'web' } }));
      const [first, second] = await take(store.watch({ kind: 'notes', afterRevision: from }), 2);
      expect(first).toMatchObject({
        created: false,
        previousLabels: { app: 'web' },
        entry: { labels: { app: 'other' } },
      });
      expect(second).not.toHaveProperty('previousLabels');
    });

    it('S33 tells them of a deletion as well', async () => {
      const { store } = current();
      const from = await write(put(a, '1', { labels: { app: 'web' } }));
      await write(put(a, '2', { labels: { app: 'db' } }));
      await write(remove(a));
      const [event] = await take(store.watch({ kind: 'notes', afterRevision: from }), 1);
      expect(event).toMatchObject({ type: 'delete', previousLabels: { app: 'web' }, entry: { labels: { app: 'db' } } });
    });

    it('S35 starts at the revision of a list without missing or repeating anything', async () => {
      const { store } = current();
      await write(put(a, '1'));
      const { revision } = await store.list({ kind: 'notes' });
      const next = await write(put(b, '1'));
      expect((await take(store.watch({ kind: 'notes', afterRevision: revision }), 1)).map(show)).toEqual([
        `put b=1 created@${next}`,
      ]);
    });

    it('S36 ends with Expired when changes are no longer kept; the mark itself still works', async () => {
      const { store, start } = current();
      await write(put(a, '1'));
      const mark = await write(put(a, '2'));
      const last = await write(put(b, '1'));
      await store.compact(mark);
      const iterator = store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator]();
      await expect(iterator.next()).rejects.toSatisfy(isExpiredError);
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
      expect((await take(store.watch({ kind: 'notes', afterRevision: mark }), 1)).map(show)).toEqual([
        `put b=1 created@${last}`,
      ]);
    });

    it('answers calls that overlap in their order, and ends all of them with the watch', async () => {
      const { store, start } = current();
      const iterator = store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator]();
      const calls = Array.from({ length: 4 }, () => iterator.next());
      const first = await write(put(a, '1'));
      const second = await write(put(b, '1'), put(key('c'), '1'));
      const events = await Promise.all(calls.slice(0, 3));
      expect(events.map(({ value }) => show(value as StoreEvent))).toEqual([
        `put a=1 created@${first}`,
        `put b=1 created@${second}`,
        `put c=1 created@${second}`,
      ]);
      await iterator.return?.();
      expect(await calls[3]).toEqual({ done: true, value: undefined });
      const failing = store.watch({ kind: 'notes', afterRevision: second + 100 })[Symbol.asyncIterator]();
      const outcomes = await Promise.allSettled([failing.next(), failing.next()]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
      expect((await store.stats()).watchers).toBe(0);
    });

    it('S36 ends with Expired when the revision is of another history', async () => {
      const { store, start } = current();
      const iterator = store.watch({ kind: 'notes', afterRevision: start + 100 })[Symbol.asyncIterator]();
      await expect(iterator.next()).rejects.toSatisfy(isExpiredError);
    });

    it('S37 reports progress when caught up, and every interval, never ahead of an event', async () => {
      const { store, clock, start } = current();
      const iterator = store
        .watch({ kind: 'notes', afterRevision: start, progressIntervalMs: 60_000 })
        [Symbol.asyncIterator]();
      const next = async () => show((await iterator.next()).value as StoreEvent);
      const first = await write(put(a, '1'));
      const second = await write(put(b, '1'));
      expect(await next()).toBe(`put a=1 created@${first}`);
      expect(await next()).toBe(`put b=1 created@${second}`);
      expect(await next()).toBe(`progress@${second}`);
      const later = next();
      const other = await write(put(key('x', '', 'things'), '1'));
      await clock.advance(60_000);
      expect(await later).toBe(`progress@${other}`);
      await iterator.return?.();
    });

    it('S37 says nothing of progress unless it is asked to', async () => {
      const { store, start } = current();
      const next = store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator]().next();
      await write(put(key('x', '', 'things'), '1'));
      const revision = await write(put(a, '1'));
      expect(show((await next).value as StoreEvent)).toBe(`put a=1 created@${revision}`);
    });

    it('S38 is held up by no watcher that does not read, and tells each the final state when it does', async () => {
      const { store, start } = current();
      const watchers = Array.from({ length: 50 }, () =>
        store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator](),
      );
      const first = watchers.map((watcher) => watcher.next());
      let last = 0;
      for (let text = 1; text <= 100; text++) last = await write(put(a, String(text)));
      for (const [index, watcher] of watchers.entries()) {
        let event = (await first[index]!).value as StoreEvent;
        while (event.revision < last) event = (await watcher.next()).value as StoreEvent;
        expect(show(event)).toMatch(/^put a=100/);
        await watcher.return?.();
      }
    });

    it('S39 ends without an error when its signal aborts, also while it waits, and stopping twice is fine', async () => {
      const { store, start } = current();
      const controller = new AbortController();
      const iterator = store
        .watch({ kind: 'notes', afterRevision: start, signal: controller.signal })
        [Symbol.asyncIterator]();
      const next = iterator.next();
      await Promise.resolve();
      controller.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
      expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
      expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
      expect((await store.stats()).watchers).toBe(0);
    });

    it('S39 ends at once with a signal that was aborted before', async () => {
      const { store, start } = current();
      await write(put(a, '1'));
      const events = store.watch({ kind: 'notes', afterRevision: start, signal: AbortSignal.abort() });
      expect(await take(events, 1)).toEqual([]);
    });

    it('S39 is freed by leaving the loop, by an early return while waiting, and by closing the store', async () => {
      const { store, start } = current();
      await write(put(a, '1'));
      await take(store.watch({ kind: 'notes', afterRevision: start }), 1);
      expect((await store.stats()).watchers).toBe(0);
      const waiting = store.watch({ kind: 'things', afterRevision: start })[Symbol.asyncIterator]();
      const next = waiting.next();
      await store.revision();
      expect((await store.stats()).watchers).toBe(1);
      await waiting.return?.();
      expect(await next).toEqual({ done: true, value: undefined });
      const ended = store.watch({ kind: 'things', afterRevision: start })[Symbol.asyncIterator]().next();
      await store.close();
      expect(await ended).toEqual({ done: true, value: undefined });
      await expect(store.get(a)).rejects.toMatchObject({ code: 'StoreClosed' });
      await store.close();
    });

    it('S40 forgets changes up to a revision, and nothing that is stored', async () => {
      const { store } = current();
      await write(put(a, '1'), put(b, '1'));
      await write(remove(b));
      const mark = await write(put(a, '2'));
      const last = await write(put(key('c'), '1'));
      await store.compact(mark);
      expect(await store.stats()).toMatchObject({ compactRevision: mark, revision: last, logRows: 1 });
      expect((await store.list({ kind: 'notes' })).entries.map((entry) => entry.key.name)).toEqual(['a', 'c']);
      await store.compact(mark);
      await expect(store.compact(mark - 1)).rejects.toSatisfy(isBadRequestError);
      await expect(store.compact(last + 1)).rejects.toSatisfy(isBadRequestError);
    });

    it('S40 goes on counting after everything was forgotten', async () => {
      const { store } = current();
      const last = await write(put(a, '1'));
      await store.compact(last);
      expect(await store.revision()).toBe(last);
      expect(await write(put(a, '2'))).toBe(last + 1);
    });

    it('S40 does not disturb a watch that has read up to the mark', async () => {
      const { store, start } = current();
      const iterator = store.watch({ kind: 'notes', afterRevision: start })[Symbol.asyncIterator]();
      const first = await write(put(a, '1'));
      expect(show((await iterator.next()).value as StoreEvent)).toBe(`put a=1 created@${first}`);
      await store.compact(first);
      const next = iterator.next();
      const second = await write(put(a, '2'));
      expect(show((await next).value as StoreEvent)).toBe(`put a=2@${second}`);
      await iterator.return?.();
    });
  });
}
