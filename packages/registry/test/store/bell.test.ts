import { existsSync } from 'node:fs';
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { ManualClock } from '@ecsm/api-types/testing';
import type { SqliteStore } from '@ecsm/registry';
import { type SqliteStoreOptions, type StoreEvent } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { key, put, show, write, StoreFile } from './helpers.js';

describe('the bell of a store', () => {
  let file: StoreFile;
  let path: string;
  const open = (options?: Partial<SqliteStoreOptions>): Promise<SqliteStore> => file.open(options);

  beforeEach(async () => {
    file = await StoreFile.create();
    path = file.path;
  });
  afterEach(() => file[Symbol.asyncDispose]());

  const a = key('a');

  it('hears the commits of another handle by the bell, without polling', async () => {
    const clock = new ManualClock();
    const watcher = await open({ clock });
    const writer = await open();
    const iterator = watcher.watch({ kind: 'notes', afterRevision: 1 })[Symbol.asyncIterator]();
    for (const text of ['1', '2', '3']) {
      const next = iterator.next();
      // inotify is set up when the first event is waited for.
      await new Promise((resolve) => setImmediate(resolve));
      await write(writer, put(a, text));
      expect(show((await next).value as StoreEvent)).toContain(`put a=${text}`);
    }
    await iterator.return?.();
    expect(clock.pendingTimers).toBe(0);
  });

  it('survives the deletion of the bell: the poll is the net under it, and it is made anew', async () => {
    const clock = new ManualClock();
    const watcher = await open({ clock });
    const writer = await open();
    await write(writer, put(a, '1'));
    const iterator = watcher.watch({ kind: 'notes', afterRevision: 2 })[Symbol.asyncIterator]();
    const next = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    await unlink(`${path}-bell`);
    await write(writer, put(a, '2'));
    await clock.advance(1_000);
    expect(show((await next).value as StoreEvent)).toBe('put a=2@3');
    await clock.advance(1_000);
    expect(await readFile(`${path}-bell`, 'latin1')).toBe('0000000000000003\n');
    const after = iterator.next();
    await new Promise((resolve) => setImmediate(resolve));
    await write(writer, put(a, '3'));
    await clock.advance(1_000);
    expect(show((await after).value as StoreEvent)).toBe('put a=3@4');
    await iterator.return?.();
  });

  it('holds the newest revision, whoever rang last, and never goes back', async () => {
    const bell = `${path}-bell`;
    const [one, other] = [await open(), await open()];
    for (const [at, writer] of [one, one, other, one, other, other, one].entries()) {
      const revision = await write(writer, put(a, String(at)));
      expect(Number(await readFile(bell, 'latin1'))).toBe(revision);
    }
    await writeFile(bell, '0000000000000100\n');
    await write(other, put(a, 'by whoever has not rung last'));
    expect(Number(await readFile(bell, 'latin1'))).toBe(100);
  });

  it('looks for its bell once a second and not at each ring, because a look makes the next flush dearer', async () => {
    const clock = new ManualClock();
    const writer = await open({ clock });
    await write(writer, put(a, '1'));
    await write(writer, put(a, '2'));
    await unlink(`${path}-bell`);
    await write(writer, put(a, '3'));
    expect(existsSync(`${path}-bell`)).toBe(false);
    await clock.advance(1_000);
    await write(writer, put(a, '4'));
    expect(await readFile(`${path}-bell`, 'latin1')).toBe('0000000000000005\n');
  });
});
