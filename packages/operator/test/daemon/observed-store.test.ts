import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isUnavailableError, Lease } from '@ecsm/api-types';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { CommitOutcome, Trouble } from '../../src/daemon/observed-store.js';
import { openRegistryFile, RegistryFailure, type RegistryFile } from '../../src/daemon/registry-file.js';
import { settingsOf } from '../helpers/settings-of.js';

let root = '';
let path = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'registry-'));
  path = join(root, 'registry.db');
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** A registry and what is told of it. */
interface Opened extends AsyncDisposable {
  readonly file: RegistryFile;
  readonly told: (Trouble | undefined)[];
  readonly commits: CommitOutcome[];
}

async function open(): Promise<Opened> {
  const file = await openRegistryFile(path, await settingsOf());
  const told: (Trouble | undefined)[] = [];
  const commits: CommitOutcome[] = [];
  file.store.listen({ onTrouble: (trouble) => told.push(trouble), onCommit: (outcome) => commits.push(outcome) });
  return { file, told, commits, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
}

function write({ registry }: RegistryFile, name: string): Promise<unknown> {
  const spec = { holderIdentity: 'x'.repeat(20_000) };
  return registry
    .resource(Lease)
    .create({ apiVersion: 'ecsm.sh/v1', kind: 'Lease', metadata: { name, namespace: 'default' }, spec });
}

describe('ObservedStore', () => {
  it('counts commits and conflicts, and has nothing to tell while all is well', async () => {
    await using opened = await open();
    const { file, told, commits } = opened;
    await write(file, 'a');
    await expect(write(file, 'a')).rejects.toThrow('already exists');
    expect(commits[0]).toBe('done');
    expect(told).toEqual([]);
  });

  it('tells of a full disk once, and when there is room again', async () => {
    await using opened = await open();
    const { file, told, commits } = opened;
    await write(file, 'a');
    file.sqlite.limitPages(1);
    for (const name of ['b', 'c', 'd']) await expect(write(file, name)).rejects.toSatisfy(isUnavailableError);
    file.sqlite.limitPages(1_000_000);
    await write(file, 'e');
    expect(told.map((trouble) => trouble?.what)).toEqual(['full', undefined]);
    expect(told[0]?.message).toContain('make room');
    expect(commits.filter((outcome) => outcome === 'failed')).toHaveLength(3);
    expect(file.store.trouble).toBeUndefined();
  });

  it('tells of a writer who keeps the file to himself', async () => {
    await using opened = await open();
    const { file, told } = opened;
    await write(file, 'a');
    using other = new Locker(path);
    await expect(write(file, 'b')).rejects.toThrow();
    expect(told.map((trouble) => trouble?.what)).toEqual(['locked']);
    other[Symbol.dispose]();
    await write(file, 'c');
    expect(told.map((trouble) => trouble?.what)).toEqual(['locked', undefined]);
  });

  it('refuses to write to a file that was replaced, and says so for good', async () => {
    await using opened = await open();
    const { file, told } = opened;
    await write(file, 'a');
    await copyFile(path, join(root, 'other.db'));
    await rename(join(root, 'other.db'), path);
    await expect(write(file, 'b')).rejects.toThrow('was moved, removed or replaced');
    expect(file.store.trouble?.message).toContain('open the registry anew');
    await expect(file.store.revision()).rejects.toThrow('was moved, removed or replaced');
    expect(told.map((trouble) => trouble?.what)).toEqual(['replaced']);
  });

  it.each([
    ['reads', ({ registry }: RegistryFile): Promise<unknown> => registry.resource(Lease).list()],
    [
      'watches',
      ({ registry }: RegistryFile): Promise<unknown> => registry.resource(Lease).watch()[Symbol.asyncIterator]().next(),
    ],
  ])('hears of one that was replaced from whoever only %s', async (_, look) => {
    await using opened = await open();
    const { file, told } = opened;
    await write(file, 'a');
    await rm(path);
    await expect(look(file)).rejects.toThrow('was moved, removed or replaced');
    expect(told.map((trouble) => trouble?.what)).toEqual(['replaced']);
  });

  it('names the file that cannot be opened', async () => {
    const failing = openRegistryFile(join(root, 'none', 'registry.db'), await settingsOf());
    await expect(failing).rejects.toThrow(RegistryFailure);
    await expect(failing).rejects.toThrow('registry.db cannot be opened');
  });
});

/** Another process that has begun a write and does not end it; a connection of its own does the same to the file. */
class Locker implements Disposable {
  readonly #database: Database.Database;

  constructor(file: string) {
    this.#database = new Database(file);
    this.#database.exec('BEGIN IMMEDIATE');
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
