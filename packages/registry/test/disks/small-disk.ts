/**
 * A file system of 1 MiB, in a mount namespace of its own. Fills it, makes room and turns it read-only, and prints what
 * a store says to each as lines of JSON.
 *
 * Arguments: an empty folder to mount it on.
 */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SqliteStore } from '@ecsm/registry';

import { key, put } from '../store/helpers.js';

const [folder = ''] = process.argv.slice(2);
const path = join(folder, 'registry.db');
const filler = join(folder, 'filler');

async function tell(step: string, work: () => Promise<unknown>): Promise<void> {
  const said = await work().then(
    (result) => ({ result }),
    (error: unknown) => ({ error: { name: (error as Error).name, message: (error as Error).message } }),
  );
  console.log(JSON.stringify({ step, ...said }));
}

function fillDisk(): void {
  try {
    writeFileSync(filler, Buffer.alloc(2 << 20));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function write(store: SqliteStore, name: string, size: number): Promise<number> {
  return store.commit({ checks: [], writes: [put(key(name), 'x'.repeat(size))] });
}

async function names(store: SqliteStore): Promise<readonly string[]> {
  return (await store.list({ kind: 'notes' })).entries.map((entry) => entry.key.name);
}

execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);

await using store = await SqliteStore.open({ path });
await tell('write', () => write(store, 'first', 10));
fillDisk();
await tell('write to the full disk', () => write(store, 'large', 300_000));
await tell('read from the full disk', () => names(store));
await tell('create on the full disk', () => SqliteStore.open({ path: join(folder, 'other.db') }));
rmSync(filler);
await tell('write when there is room', () => write(store, 'large', 300_000));
await tell('examine', () => store.checkIntegrity());
await tell('create when there is room', async () => {
  await using other = await SqliteStore.open({ path: join(folder, 'other.db') });
  return await write(other, 'second', 10);
});
await store.close();
fillDisk();
await tell('open for reading on the full disk', async () => {
  await using reader = await SqliteStore.open({ path, readonly: true });
  return [await names(reader), (await reader.get(key('first')))?.revision, await reader.checkIntegrity()];
});
await tell('open for writing on the full disk', () => SqliteStore.open({ path }));
rmSync(filler);

execFileSync('mount', ['-o', 'remount,ro', folder]);
await tell('open for writing on the read-only disk', () => SqliteStore.open({ path }));
await tell('create on the read-only disk', () => SqliteStore.open({ path: join(folder, 'third.db') }));
await tell('read from the read-only disk', async () => {
  await using reader = await SqliteStore.open({ path, readonly: true });
  return await names(reader);
});
await tell('read what was closed in order from the read-only disk', async () => {
  await using reader = await SqliteStore.open({ path: join(folder, 'other.db'), readonly: true });
  return [await names(reader), (await reader.get(key('second')))?.revision, await reader.checkIntegrity()];
});
