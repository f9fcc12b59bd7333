import { copyFile, rename, rm, symlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '@ecsm/api-types/testing';
import { isStoreFileError, Registry, SqliteStore } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testScheme, Zone, zone } from '../registry/helpers/kinds.js';
import { key, put, StoreFile, write } from './helpers.js';

describe('a registry file that loses its path while it is open', () => {
  let file: StoreFile;
  let clock: ManualClock;
  let store: SqliteStore;
  const a = key('a');
  const replaced = { name: 'StoreReplacedError', code: 'StoreReplaced' };

  /** Ways to lose it, by what they are called. */
  const losses: readonly (readonly [string, () => Promise<void>])[] = [
    [
      'replaced',
      async () => {
        await copyFile(file.path, `${file.path}.copy`);
        await rename(`${file.path}.copy`, file.path);
      },
    ],
    ['moved', () => rename(file.path, `${file.path}.old`)],
    ['deleted', () => rm(file.path)],
    ['lost with its folder', () => rm(file.folder, { recursive: true })],
  ];

  beforeEach(async () => {
    file = await StoreFile.create();
    clock = new ManualClock();
    store = await file.open({ clock });
    await write(store, put(a, '1'));
  });
  afterEach(() => file[Symbol.asyncDispose]());

  it.each(losses)('%s: takes no more writes', async (_, lose) => {
    await lose();
    const error: unknown = await write(store, put(a, '2')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      ...replaced,
      path: file.path,
      message: `registry file ${file.path} was moved, removed or replaced while it was open: nothing more is written to it, open the registry anew`,
    });
    expect(isStoreFileError(error)).toBe(true);
  });

  it.each(losses)('%s: ends its watches within a second', async (_, lose) => {
    const iterator = store.watch({ kind: 'notes', afterRevision: 0 })[Symbol.asyncIterator]();
    const silent = store.watch({ kind: 'others', afterRevision: 0 })[Symbol.asyncIterator]().next();
    const ended = expect(silent).rejects.toMatchObject(replaced);
    expect((await iterator.next()).value).toMatchObject({ type: 'put', entry: { key: a } });
    await lose();
    const next = expect(iterator.next()).rejects.toMatchObject(replaced);
    await clock.advance(1_000);
    await next;
    await ended;
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(losses)('%s: is not read for longer than a second either', async (_, lose) => {
    expect(await store.get(a)).toMatchObject({ value: '{"text":"1"}' });
    await lose();
    await clock.advance(1_000);
    await expect(store.get(a)).rejects.toMatchObject(replaced);
    await expect(store.getMany([a])).rejects.toMatchObject(replaced);
    await expect(store.list({ kind: 'notes' })).rejects.toMatchObject(replaced);
    await expect(store.revision()).rejects.toMatchObject(replaced);
    await expect(store.compact(1)).rejects.toMatchObject(replaced);
  });

  it('never shows one file in a list and another in a read', async () => {
    const other = await StoreFile.create();
    const stranger = await other.open();
    await write(stranger, put(key('stranger'), '1'));
    await stranger.close();
    await rename(other.path, file.path);
    await expect(store.list({ kind: 'notes' })).rejects.toMatchObject(replaced);
    await other[Symbol.asyncDispose]();
  });

  it('is not called unreadable where a list is the first to miss it', async () => {
    await rm(file.path);
    await expect(store.list({ kind: 'notes' })).rejects.toMatchObject(replaced);
  });

  it('answers each of the commits that share a flush', async () => {
    await rm(file.path);
    const writes = ['2', '3', '4'].map((text) => write(store, put(a, text)));
    for (const outcome of await Promise.allSettled(writes)) expect(outcome).toMatchObject({ reason: replaced });
  });

  it('can still be saved by a backup', async () => {
    await rm(file.path);
    await expect(write(store, put(a, '2'))).rejects.toMatchObject(replaced);
    const path = `${file.path}.saved`;
    await store.backup(path);
    await using saved = await SqliteStore.open({ path, readonly: true });
    expect(await saved.get(a)).toMatchObject({ value: '{"text":"1"}' });
  });

  it('stays lost when it is put back: watches have ended, and others may have written meanwhile', async () => {
    await rename(file.path, `${file.path}.old`);
    await expect(write(store, put(a, '2'))).rejects.toMatchObject(replaced);
    await rename(`${file.path}.old`, file.path);
    await expect(write(store, put(a, '2'))).rejects.toMatchObject(replaced);
    await store.close();
    expect(await (await file.open()).get(a)).toMatchObject({ value: '{"text":"1"}' });
  });

  it('is told to who uses a registry: by writes, and by watches that end', async () => {
    await using registry = new Registry({ store, scheme: testScheme, clock });
    const zones = registry.resource(Zone);
    const events = zones.watch()[Symbol.asyncIterator]();
    const next = expect(events.next()).rejects.toMatchObject(replaced);
    await nextTurn();
    await rm(file.path);
    await clock.advance(1_000);
    await next;
    await expect(zones.create(zone('first'))).rejects.toMatchObject(replaced);
  });

  it('a file that is only read is told of as well', async () => {
    const reader = await file.open({ readonly: true, clock });
    const next = reader.watch({ kind: 'others', afterRevision: 0 })[Symbol.asyncIterator]().next();
    const ended = expect(next).rejects.toMatchObject(replaced);
    await nextTurn();
    await rm(file.path);
    await clock.advance(1_000);
    await ended;
  });

  it('one whose path cannot be looked at for a moment is not taken for lost', async () => {
    expect(await store.get(a)).toBeDefined();
    await rename(file.folder, `${file.folder}.away`);
    await symlink(basename(file.folder), file.folder);
    await clock.advance(1_000);
    expect(await store.get(a)).toBeDefined();
    await expect(write(store, put(a, '2'))).rejects.not.toMatchObject(replaced);
    await rm(file.folder);
    await rename(`${file.folder}.away`, file.folder);
    await write(store, put(a, '3'));
  });

  describe('a log that loses its path', () => {
    const lostLog = (): object => ({
      ...replaced,
      path: file.path,
      message: `registry file ${file.path} has lost its log: ${file.path}-wal was moved, removed or replaced while it was open: nothing more is written to it, close the registry, which saves what the log held, and open it anew`,
    });

    it.each([
      ['removed', () => rm(`${file.path}-wal`)],
      ['moved', () => rename(`${file.path}-wal`, `${file.path}-old`)],
      ['replaced', () => rename(`${file.path}-shm`, `${file.path}-wal`)],
    ])('%s: takes no more writes, and saves in closing what was acknowledged', async (_, lose) => {
      await lose();
      await expect(write(store, put(a, '2'))).rejects.toMatchObject(lostLog());
      await clock.advance(1_000);
      await expect(store.get(a)).rejects.toMatchObject(lostLog());
      await store.close();
      const again = await file.open({ clock });
      expect(await again.get(a)).toMatchObject({ value: '{"text":"1"}' });
      await write(again, put(a, '2'));
    });

    it('is no matter to who only reads: whoever wrote may close, and takes it along', async () => {
      await using reader = await file.open({ clock, readonly: true });
      await rm(`${file.path}-wal`);
      await clock.advance(1_000);
      expect(await reader.get(a)).toMatchObject({ value: '{"text":"1"}' });
    });
  });
});
