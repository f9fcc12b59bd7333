import { isBadRequestError } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { isRevisionMismatchError, type Store, type StoreKey } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { key, put, remove, show, take } from './helpers.js';
import { describeWatching } from './watching-contract.js';

/** A store under test and what it takes to end it. */
export interface OpenedStore {
  readonly store: Store;
  dispose(): Promise<void>;
}

/** What every store promises, run on one implementation. */
export function describeStoreContract(name: string, open: (clock: ManualClock) => Promise<OpenedStore>): void {
  describe(`store contract: ${name}`, () => {
    let clock: ManualClock;
    let opened: OpenedStore;
    let store: Store;
    let start: number;

    beforeEach(async () => {
      clock = new ManualClock();
      opened = await open(clock);
      store = opened.store;
      start = await store.revision();
    });
    afterEach(() => opened.dispose());

    const a = key('a');
    const b = key('b');
    const write = (...writes: Parameters<typeof store.commit>[0]['writes']) => store.commit({ checks: [], writes });

    describe('writing', () => {
      it('S1 stores an entry with a revision; before that there is nothing', async () => {
        expect(await store.get(a)).toBeUndefined();
        const revision = await store.commit({
          checks: [{ key: a, revision: 0 }],
          writes: [put(a, '1', { labels: { app: 'web' }, owners: ['o1', 'o2'], generation: 7 })],
        });
        expect(revision).toBeGreaterThan(0);
        expect(await store.get(a)).toEqual({
          key: a,
          revision,
          value: '{"text":"1"}',
          uid: 'uid-of-1',
          generation: 7,
          labels: { app: 'web' },
          owners: ['o1', 'o2'],
        });
      });

      it('refuses a commit of more writes than it can number', async () => {
        const writes = new Array<ReturnType<typeof put>>(10_000_001);
        const error: unknown = await store.commit({ checks: [], writes }).catch((reason: unknown) => reason);
        expect(isBadRequestError(error) && error.message).toMatch('10000001 writes, and one commit may have 10000000');
      });

      it('S3 refuses to create what is there, and names it', async () => {
        const revision = await write(put(a, '1'));
        const error: unknown = await store
          .commit({ checks: [{ key: a, revision: 0 }], writes: [put(a, '2')] })
          .catch((reason: unknown) => reason);
        expect(isRevisionMismatchError(error) && error.key).toEqual(a);
        expect(isRevisionMismatchError(error) && error.actual).toBe(revision);
        expect((error as Error).message).toContain('notes "default/a"');
        expect((await store.get(a))?.value).toBe('{"text":"1"}');
      });

      it('S6 gives every commit the next revision, one order over all kinds and one revision per commit', async () => {
        const first = await write(put(a, '1'));
        const second = await write(put(key('x', '', 'things'), '1'));
        const third = await write(put(a, '2'), put(b, '1'), remove(key('x', '', 'things')));
        expect([first, second, third]).toEqual([start + 1, start + 2, start + 3]);
        expect((await store.get(a))?.revision).toBe(third);
        expect((await store.get(b))?.revision).toBe(third);
        expect(await store.revision()).toBe(third);
      });

      it('S6 gives commits that are made at the same time revisions of their own, without holes', async () => {
        const revisions = await Promise.all(
          Array.from({ length: 150 }, (_, index) => write(put(key(`n${index}`), 'x'))),
        );
        expect(revisions.toSorted((x, y) => x - y)).toEqual(revisions.map((_, index) => start + 1 + index));
      });

      it('S7 refuses an update of a stale revision, and then changes nothing at all', async () => {
        const first = await write(put(a, '1'));
        const second = await store.commit({ checks: [{ key: a, revision: first }], writes: [put(a, '2')] });
        await expect(
          store.commit({ checks: [{ key: a, revision: first }], writes: [put(b, '1'), put(a, '3')] }),
        ).rejects.toSatisfy(isRevisionMismatchError);
        expect(await store.get(b)).toBeUndefined();
        expect((await store.get(a))?.revision).toBe(second);
        expect(await store.revision()).toBe(second);
      });

      it('S7 refuses an update of what is not there', async () => {
        const error: unknown = await store
          .commit({ checks: [{ key: a, revision: start }], writes: [put(a, '1')] })
          .catch((reason: unknown) => reason);
        expect(isRevisionMismatchError(error) && error.actual).toBe(0);
        expect(await store.get(a)).toBeUndefined();
      });

      it('S7 checks keys that are only read', async () => {
        const revision = await write(put(a, '1'));
        await write(put(b, '1'));
        const commit = {
          checks: [
            { key: a, revision },
            { key: b, revision: 0 },
          ],
          writes: [put(key('c'), '1')],
        };
        const error: unknown = await store.commit(commit).catch((reason: unknown) => reason);
        expect(isRevisionMismatchError(error) && error.key).toEqual(b);
        expect(await store.get(key('c'))).toBeUndefined();
      });

      it('S11 lets exactly one of many updates of the same revision win', async () => {
        const revision = await write(put(a, '0'));
        const results = await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            store.commit({ checks: [{ key: a, revision }], writes: [put(a, String(index + 1))] }),
          ),
        );
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await store.revision()).toBe(revision + 1);
      });

      it('reads several keys at once, in their order', async () => {
        await write(put(a, '1'), put(b, '2'));
        const found = await store.getMany([b, key('c'), a, b]);
        expect(found.map((entry) => entry?.value)).toEqual(['{"text":"2"}', undefined, '{"text":"1"}', '{"text":"2"}']);
        expect(await store.getMany([])).toEqual([]);
      });

      it('keeps a text beside an entry, which goes with it and shows only where it is asked for', async () => {
        const applied = async (of: StoreKey) => (await store.get(of, { applied: true }))?.applied;
        const first = await write({ ...put(a, '1'), applied: 'A' }, put(b, '1'));
        expect([await applied(a), await applied(b)]).toEqual(['A', undefined]);
        expect((await store.getMany([b, a], { applied: true })).map((entry) => entry?.applied)).toEqual([
          undefined,
          'A',
        ]);
        expect(await store.get(a)).not.toHaveProperty('applied');
        await write(put(a, '2'));
        expect(await store.get(a, { applied: true })).toMatchObject({ applied: 'A', appliedRevision: first });
        await write({ ...put(a, '3'), applied: 'B' });
        expect(await applied(a)).toBe('B');
        expect((await take(store.watch({ kind: 'notes', afterRevision: first }), 1))[0]).not.toHaveProperty(
          'entry.applied',
        );
        await write(remove(a));
        await write(put(a, '4'));
        expect(await applied(a)).toBeUndefined();
        const gone = await write(put(a, '5', { expiresAtMs: clock.now() + 10 }), {
          type: 'apply',
          key: b,
          applied: 'C',
        });
        expect(await store.get(b, { applied: true })).toMatchObject({ applied: 'C', appliedRevision: gone });
        await write({ type: 'apply', key: a, applied: 'D' });
        await clock.advance(11);
        await write(put(a, '6'));
        expect(await applied(a)).toBeUndefined();
      });

      it('S6 a text that is put beside an entry takes a revision, and nothing else is seen of it', async () => {
        const before = await write(put(a, '1'));
        const revision = await write({ type: 'apply', key: a, applied: 'A' }, { type: 'apply', key: b, applied: 'A' });
        expect(revision).toBe(before + 1);
        expect(await store.get(a, { applied: true })).toMatchObject({ revision: before, appliedRevision: revision });
        expect(await store.get(b)).toBeUndefined();
        expect(await write({ type: 'apply', key: b, applied: 'A' })).toBe(revision);
        const next = await write(put(b, '1'));
        expect((await take(store.watch({ kind: 'notes', afterRevision: before }), 1)).map(show)).toEqual([
          `put b=1 created@${next}`,
        ]);
      });

      it('S7 refuses a commit when the text beside an entry is not as it was read', async () => {
        const revision = await write(put(a, '1'));
        const check = (appliedRevision: number) => ({ key: a, revision, appliedRevision });
        const apply = (appliedRevision: number, applied: string) =>
          store.commit({ checks: [check(appliedRevision)], writes: [{ type: 'apply', key: a, applied }] });
        const first = await apply(0, 'A');
        await expect(apply(0, 'B')).rejects.toSatisfy(isRevisionMismatchError);
        expect(await apply(first, 'C')).toBe(first + 1);
        expect((await store.get(a, { applied: true }))?.applied).toBe('C');
      });

      it('S16 removes an entry and tells watchers its last state with the revision of the deletion', async () => {
        await write(put(a, '1', { labels: { app: 'web' } }));
        const revision = await write(remove(a));
        expect(await store.get(a)).toBeUndefined();
        const watch = store.watch({ kind: 'notes', afterRevision: revision - 1 });
        const [event] = await take(watch, 1);
        expect(event).toMatchObject({ type: 'delete', revision, entry: { revision, labels: { app: 'web' } } });
        expect(event && show(event)).toBe(`delete a=1@${revision}`);
      });

      it('S16 changes nothing by removing what is not there', async () => {
        const before = await write(put(b, '1'));
        expect(await write(remove(a))).toBe(before);
        expect(await store.revision()).toBe(before);
      });

      it('S16 shows watchers the last value that the deletion gives', async () => {
        await write(put(a, '1'));
        const revision = await write({ type: 'delete', key: a, value: '{"text":"last"}' });
        const events = await take(store.watch({ kind: 'notes', afterRevision: revision - 1 }), 1);
        expect(events.map(show)).toEqual([`delete a=last@${revision}`]);
      });

      it('S17 removes only the revision that was demanded', async () => {
        const first = await write(put(a, '1'));
        const second = await write(put(a, '2'));
        await expect(store.commit({ checks: [{ key: a, revision: first }], writes: [remove(a)] })).rejects.toSatisfy(
          isRevisionMismatchError,
        );
        expect((await store.get(a))?.revision).toBe(second);
        await store.commit({ checks: [{ key: a, revision: second }], writes: [remove(a)] });
        expect(await store.get(a)).toBeUndefined();
      });

      it('S23 takes an expired entry for gone, tells its deletion with the next commit, and lets it come anew', async () => {
        const expiresAtMs = clock.now() + 1_000;
        const revision = await write(put(a, '1', { expiresAtMs, owners: ['o'] }));
        expect((await store.get(a))?.expiresAtMs).toBe(expiresAtMs);
        await clock.advance(1_000);
        expect(await store.get(a)).toBeUndefined();
        expect((await store.list({ kind: 'notes' })).entries).toEqual([]);
        expect(await store.listOwned('o')).toEqual([]);
        const created = await store.commit({ checks: [{ key: a, revision: 0 }], writes: [put(a, '2')] });
        const events = await take(store.watch({ kind: 'notes', afterRevision: revision }), 2);
        expect(events.map(show)).toEqual([`delete a=1@${created}`, `put a=2 created@${created}`]);
      });

      it('S23 keeps whole milliseconds of a clock that tells parts of one, and never lets an entry go too early', async () => {
        await clock.advance(0.5);
        await write(put(a, '1', { expiresAtMs: clock.now() + 1_000 }));
        await clock.advance(999.5);
        expect(await store.get(a)).toBeDefined();
        await clock.advance(1);
        expect(await store.get(a)).toBeUndefined();
      });

      it('refuses a commit that no store could carry out', async () => {
        await expect(write(put(a, '1'), put(a, '2'))).rejects.toSatisfy(isBadRequestError);
        await expect(write(put(key(''), '1'))).rejects.toSatisfy(isBadRequestError);
        await expect(write(put(key('x\ud800'), '1'))).rejects.toSatisfy(isBadRequestError);
        await expect(store.commit({ checks: [{ key: a, revision: -1 }], writes: [] })).rejects.toSatisfy(
          isBadRequestError,
        );
        await expect(store.commit({ checks: [{ key: a, revision: 0.5 }], writes: [] })).rejects.toSatisfy(
          isBadRequestError,
        );
        expect(await store.revision()).toBe(start);
      });

      it('stores hostile names, labels and values as they are', async () => {
        const names = [
          "'; DROP TABLE entries; --",
          '../../etc/passwd',
          '__proto__',
          'constructor',
          'a\u0000b',
          '%_*?',
          '𝒳',
        ];
        const labels = JSON.parse('{"__proto__":"p","constructor":"c","quote\'\\"":"\\u0000"}') as Record<
          string,
          string
        >;
        const text = JSON.stringify({ deep: '\ud800', big: '9007199254740993', nul: '\u0000' });
        for (const name of names) await write({ ...put(key(name, name), name), value: text, labels });
        for (const name of names) {
          const entry = await store.get(key(name, name));
          expect(entry?.key).toEqual(key(name, name));
          expect(entry?.value).toBe(text);
          expect(Object.entries(entry?.labels ?? {})).toEqual(Object.entries(labels));
        }
        expect((await store.list({ kind: 'notes' })).entries).toHaveLength(names.length);
      });

      it('rejects with the reason of a signal that was aborted before', async () => {
        const reason = new Error('changed my mind');
        const signal = AbortSignal.abort(reason);
        await expect(store.commit({ checks: [], writes: [put(a, '1')] }, { signal })).rejects.toBe(reason);
        await expect(store.get(a, { signal })).rejects.toBe(reason);
        await expect(store.list({ kind: 'notes', signal })).rejects.toBe(reason);
        expect(await store.revision()).toBe(start);
      });
    });

    describe('reading', () => {
      it('S24 reads the newest state at once, and knows no other', async () => {
        for (const text of ['1', '2', '3']) {
          const revision = await write(put(a, text));
          expect(await store.get(a)).toMatchObject({ revision, value: JSON.stringify({ text }) });
          expect(await store.revision()).toBe(revision);
        }
      });

      it('S26 lists the present state with its revision', async () => {
        await write(put(a, '1'));
        const revision = await write(put(b, '1'));
        const page = await store.list({ kind: 'notes' });
        expect(page).toMatchObject({ revision, more: false });
        expect(page.entries.map((entry) => entry.key.name)).toEqual(['a', 'b']);
      });

      it('S27 sorts by namespace and name, by code point, and has a revision also when empty', async () => {
        const names = ['z', 'a', 'a-b', 'ab', 'é', '\uffee', '𝒳', 'B', '10', '9'];
        for (const name of names) await write(put(key(name, 'n2'), 'x'));
        await write(put(key('last', 'n1'), 'x'));
        const { entries } = await store.list({ kind: 'notes' });
        const byCodePoint = (x: string, y: string): number => Buffer.compare(Buffer.from(x), Buffer.from(y));
        expect(entries.map((entry) => entry.key.name)).toEqual(['last', ...names.toSorted(byCodePoint)]);
        const empty = await store.list({ kind: 'nothing' });
        expect(empty).toEqual({ revision: await store.revision(), entries: [], more: false });
      });

      it('S28 compares namespaces and kinds as a whole, never as a prefix', async () => {
        await write(put(key('a', 'test-ns'), '1'));
        await write(put(key('a', 'test-ns2'), '1'));
        await write(put(key('a', 'test-ns', 'notesandmore'), '1'));
        const { entries } = await store.list({ kind: 'notes', namespace: 'test-ns' });
        expect(entries.map((entry) => entry.key)).toEqual([key('a', 'test-ns')]);
        expect(await store.get(key('a', 'test'))).toBeUndefined();
      });

      it('S28 tells cluster scope from all namespaces', async () => {
        await write(put(key('x', ''), '1'));
        await write(put(key('y', 'default'), '1'));
        const names = async (namespace?: string) => {
          const page = await store.list({ kind: 'notes', ...(namespace === undefined ? {} : { namespace }) });
          return page.entries.map((entry) => entry.key.name);
        };
        expect(await names()).toEqual(['x', 'y']);
        expect(await names('')).toEqual(['x']);
      });

      it('S29 pages through everything exactly once, and says when more follows', async () => {
        const writes = Array.from({ length: 25 }, (_, index) => put(key(`n${index}`, `ns${index % 3}`), 'x'));
        await write(...writes);
        const all = (await store.list({ kind: 'notes' })).entries.map((entry) => entry.key);
        for (const limit of [1, 7, 25, 100]) {
          const seen = [];
          let after: { namespace: string; name: string } | undefined;
          for (;;) {
            const page = await store.list({ kind: 'notes', limit, ...(after === undefined ? {} : { after }) });
            seen.push(...page.entries.map((entry) => entry.key));
            expect(page.entries.length).toBeLessThanOrEqual(limit);
            if (!page.more) break;
            after = page.entries.at(-1)!.key;
          }
          expect(seen).toEqual(all);
        }
      });

      it('S29 goes on after a key that is gone, from current data', async () => {
        await write(put(a, '1'), put(b, '1'), put(key('d'), '1'));
        const first = await store.list({ kind: 'notes', limit: 2 });
        expect(first.more).toBe(true);
        await write(remove(b), put(key('c'), 'new'));
        const rest = await store.list({ kind: 'notes', limit: 2, after: first.entries.at(-1)!.key });
        expect(rest.entries.map((entry) => entry.key.name)).toEqual(['c', 'd']);
        expect(rest).toMatchObject({ more: false, revision: first.revision + 1 });
      });

      it('S29 pages within a namespace', async () => {
        await write(...['a', 'b', 'c'].flatMap((name) => [put(key(name, 'n1'), 'x'), put(key(name, 'n2'), 'x')]));
        const page = await store.list({
          kind: 'notes',
          namespace: 'n1',
          limit: 2,
          after: { namespace: 'n1', name: 'a' },
        });
        expect(page.entries.map((entry) => entry.key)).toEqual([key('b', 'n1'), key('c', 'n1')]);
        expect(page.more).toBe(false);
      });

      it('lists keys and revisions without values', async () => {
        const revision = await write(put(a, '1', { generation: 3 }), put(b, '1'));
        const page = await store.listVersions({ kind: 'notes', limit: 1 });
        expect(page).toEqual({ revision, more: true, entries: [{ key: a, revision, uid: 'uid-of-1', generation: 3 }] });
      });

      it('finds what a uid owns, of any kind, as it is now', async () => {
        await write(
          put(a, '1', { owners: ['o1'] }),
          put(key('x', '', 'things'), '1', { owners: ['o1', 'o2'] }),
          put(b, '1'),
        );
        const names = async (uid: string) => (await store.listOwned(uid)).map((entry) => entry.key.name).toSorted();
        expect(await names('o1')).toEqual(['a', 'x']);
        expect(await names('o2')).toEqual(['x']);
        expect(await store.listOwned('o1', { limit: 1 })).toHaveLength(1);
        await write(put(a, '2', { owners: ['o2'] }), remove(key('x', '', 'things')));
        expect(await names('o1')).toEqual([]);
        expect(await names('o2')).toEqual(['a']);
      });

      it('counts what it holds', async () => {
        const revision = await write(put(a, '1'), put(b, '1'), put(key('x', '', 'things'), '1'));
        const stats = await store.stats();
        expect(stats).toMatchObject({ revision, entries: { notes: 2, things: 1 }, watchers: 0 });
        expect(stats.logRows).toBeGreaterThanOrEqual(3);
      });
    });

    describeWatching(() => ({ store, clock, start }));
  });
}
