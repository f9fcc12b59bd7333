import { copyFile, truncate, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CorruptStoreError, isStoreFileError, SqliteStore } from '@ecsm/registry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { key, put, remove, temporaryFolder } from '../store/helpers.js';

/** What every key held after each revision. */
type History = ReadonlyMap<number, Readonly<Record<string, string>>>;

/** Writes a store and copies its files while it is open, so that its log is not yet written back. */
async function writeStore(
  folder: string,
): Promise<{ readonly path: string; readonly history: History; readonly newest: number }> {
  const path = join(folder, 'original.db');
  const store = await SqliteStore.open({ path });
  const history = new Map<number, Readonly<Record<string, string>>>();
  let state: Record<string, string> = {};
  history.set(1, state);
  for (let round = 0; round < 60; round++) {
    const name = `n${round % 7}`;
    const isRemoval = round % 11 === 10 && state[name] !== undefined;
    const text = `${round}-${'x'.repeat((round * 397) % 3_000)}`;
    const revision = await store.commit({ checks: [], writes: [isRemoval ? remove(key(name)) : put(key(name), text)] });
    const others = Object.entries(state).filter(([other]) => other !== name);
    state = Object.fromEntries(isRemoval ? others : [...others, [name, JSON.stringify({ text })]]);
    history.set(revision, state);
  }
  const copy = join(folder, 'copy.db');
  for (const suffix of ['', '-wal', '-bell']) await copyFile(path + suffix, copy + suffix);
  const newest = await store.revision();
  await store.close();
  return { path: copy, history, newest };
}

async function copyStore(from: string, to: string): Promise<void> {
  for (const suffix of ['', '-wal', '-bell']) await copyFile(from + suffix, to + suffix);
}

describe('a store whose files were cut', () => {
  it('opens to a consistent prefix and reports the lost revisions, wherever its log is cut', async () => {
    await using folder = await temporaryFolder();
    const original = await writeStore(folder.path);
    const { size } = await stat(`${original.path}-wal`);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size }), async (length) => {
        const path = join(folder.path, `cut-${number++}.db`);
        await copyStore(original.path, path);
        await truncate(`${path}-wal`, length);
        let store: SqliteStore;
        try {
          store = await SqliteStore.open({ path });
        } catch (error) {
          expect(isStoreFileError(error)).toBe(true);
          return;
        }
        try {
          const lost = store.revisionsLost;
          const kept = lost === undefined ? original.newest : lost.from - 1;
          if (lost !== undefined) expect(lost.to).toBe(original.newest);
          const { entries, revision } = await store.list({ kind: 'notes' });
          const found = Object.fromEntries(entries.map((entry) => [entry.key.name, entry.value]));
          expect(found).toEqual(original.history.get(kept) ?? {});
          expect(revision).toBe(lost === undefined ? original.newest : original.newest + 1);
          expect(await store.commit({ checks: [], writes: [put(key('new'), 'x')] })).toBeGreaterThan(original.newest);
          expect(await store.checkIntegrity()).toEqual([]);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 25, seed: 1, examples: [[0], [31], [32], [size - 1], [size]] },
    );
  });

  it('opens to what is stored or says why not, wherever the main file is cut; the rest stays readable', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'whole.db');
    const written = await SqliteStore.open({ path });
    for (let index = 0; index < 40; index++) {
      await written.commit({ checks: [], writes: [put(key(`n${index}`), 'x'.repeat(2_000))] });
    }
    await written.close();
    const { size } = await stat(path);
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size - 1 }), async (length) => {
        const cut = join(folder.path, `cut-${number++}.db`);
        await copyFile(path, cut);
        await copyFile(`${path}-bell`, `${cut}-bell`);
        await truncate(cut, length);
        const error: unknown = await SqliteStore.open({ path: cut }).then(
          async (store) => {
            // Nothing is missing where only unused bytes were cut off; an empty file has lost everything and says so.
            expect(store.revisionsLost).toEqual(length === 0 ? { from: 2, to: 41 } : undefined);
            expect((await store.list({ kind: 'notes' })).entries).toHaveLength(length === 0 ? 0 : 40);
            expect(await store.checkIntegrity()).toEqual([]);
            await store.close();
            return undefined;
          },
          (reason: unknown) => reason,
        );
        if (error === undefined) return;
        expect(error).toSatisfy(isStoreFileError);
        expect((error as Error).message).toContain(cut);
        expect((error as Error).message).toContain('restore a backup');
      }),
      { numRuns: 20, seed: 1, examples: [[0], [1], [15], [99], [100], [4_096], [size - 1]] },
    );
    const cut = join(folder.path, 'last-page.db');
    await copyFile(path, cut);
    await truncate(cut, size - 5 * 4_096);
    await expect(SqliteStore.open({ path: cut })).rejects.toBeInstanceOf(CorruptStoreError);
    await using store = await SqliteStore.open({ path: cut, readonly: true });
    expect((await store.get(key('n0')))?.value).toContain('xxx');
  });
});
