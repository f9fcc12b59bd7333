import { join } from 'node:path';
import { isRevisionMismatchError, MemoryStore, SqliteStore, type Store, type StoreKey } from '@ecsm/registry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key, put, remove, temporaryFolder } from './helpers.js';

/** What one writer does next. */
type Step =
  | { readonly type: 'put'; readonly keys: readonly number[]; readonly checked: boolean; readonly label: number }
  | { readonly type: 'delete'; readonly keys: readonly number[]; readonly checked: boolean }
  | { readonly type: 'compact' };

const keys = fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('put' as const), keys, checked: fc.boolean(), label: fc.nat(2) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), keys, checked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact' as const) }) },
);

/** A commit that a store acknowledged: what it left under its keys. */
interface Acknowledged {
  readonly revision: number;
  readonly left: ReadonlyMap<string, string | undefined>;
}

async function runWriter(store: Store, writer: number, steps: readonly Step[]): Promise<readonly Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (const [index, current] of steps.entries()) {
    if (current.type === 'compact') {
      // Others may compact further in between.
      await store.compact(await store.revision()).catch(() => {});
      continue;
    }
    const touched: StoreKey[] = current.keys.map((number) => key(`n${number}`));
    const found = await Promise.all(touched.map((of) => store.get(of)));
    const checks = current.checked ? touched.map((of, at) => ({ key: of, revision: found[at]?.revision ?? 0 })) : [];
    const text = `w${writer}-${index}`;
    const writes = touched.map((of) =>
      current.type === 'put' ? put(of, text, { labels: { label: String(current.label) } }) : remove(of),
    );
    try {
      const revision = await store.commit({ checks, writes });
      // Removing what was not there has no revision of its own.
      if (current.type === 'delete' && !(current.checked && found.some((entry) => entry !== undefined))) continue;
      acknowledged.push({
        revision,
        left: new Map(touched.map((of) => [of.name, current.type === 'put' ? text : undefined])),
      });
    } catch (error) {
      if (!isRevisionMismatchError(error) || !current.checked) throw error;
    }
  }
  return acknowledged;
}

/** Follows a store as an informer does: lists, watches, and lists again when changes are no longer kept. */
async function follow(store: Store, until: () => number | undefined): Promise<ReadonlyMap<string, string>> {
  const state = new Map<string, string>();
  for (;;) {
    const list = await store.list({ kind: 'notes' });
    state.clear();
    for (const entry of list.entries) state.set(entry.key.name, entry.value);
    let last = list.revision;
    try {
      for await (const event of store.watch({ kind: 'notes', afterRevision: list.revision, progressIntervalMs: 5 })) {
        expect(event.revision).toBeGreaterThanOrEqual(last);
        last = event.revision;
        if (event.type === 'put') state.set(event.entry.key.name, event.entry.value);
        if (event.type === 'delete') state.delete(event.entry.key.name);
        const end = until();
        if (event.type === 'progress' && end !== undefined && event.revision >= end) return state;
      }
    } catch (error) {
      expect(error).toMatchObject({ reason: 'Expired' });
    }
  }
}

async function checkHistory(stores: readonly Store[], plans: readonly (readonly Step[])[]): Promise<void> {
  const goal: { revision?: number } = {};
  const followers = stores.map((store) => follow(store, () => goal.revision));
  const histories = await Promise.all(
    plans.map((plan, writer) => runWriter(stores[writer % stores.length]!, writer, plan)),
  );
  const [first] = stores;
  // The last change tells followers that they have seen everything.
  goal.revision = await first!.commit({ checks: [], writes: [put(key('end'), 'end')] });

  for (const history of histories) {
    const revisions = history.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b));
  }
  const all = histories.flat().toSorted((a, b) => a.revision - b.revision);
  expect(new Set(all.map(({ revision }) => revision)).size).toBe(all.length);
  const stored = new Map((await first!.list({ kind: 'notes' })).entries.map((entry) => [entry.key.name, entry]));
  const newest = new Map<string, { readonly revision: number; readonly text: string | undefined }>();
  for (const { revision, left } of all) for (const [name, text] of left) newest.set(name, { revision, text });
  for (const [name, { revision, text }] of newest) {
    const entry = stored.get(name);
    // An unchecked deletion is not in the histories: it may have come later, and then the key is gone or newer.
    if (entry === undefined || entry.revision > revision) continue;
    expect({ revision: entry.revision, value: entry.value }).toEqual({ revision, value: JSON.stringify({ text }) });
  }
  const expected = new Map([...stored].map(([name, entry]) => [name, entry.value]));
  for (const state of await Promise.all(followers))
    expect(new Map([...state].toSorted())).toEqual(new Map([...expected].toSorted()));
}

describe('random operations by several writers', () => {
  const plans = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 4 });

  it('S32 lose nothing and bring every watcher to the final state: MemoryStore', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (chosen) => {
        await using store = new MemoryStore();
        await checkHistory([store], chosen);
      }),
      { numRuns: 60, seed: 20261121 },
    );
  });

  it('S32 lose nothing and bring every watcher to the final state: SqliteStore, a handle each', async () => {
    await using folder = await temporaryFolder();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(plans, async (chosen) => {
        const path = join(folder.path, `registry-${number++}.db`);
        const stores = await Promise.all(chosen.map(() => SqliteStore.open({ path, pollIntervalMs: 20 })));
        try {
          await checkHistory(stores, chosen);
          expect(await stores[0]!.checkIntegrity()).toEqual([]);
        } finally {
          for (const store of stores) await store.close();
        }
      }),
      { numRuns: 15, seed: 20261121 },
    );
  });
});
