import { chmod, copyFile } from 'node:fs/promises';
import { isUnavailableError } from '@ecsm/api-types';
import { SqliteStore } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { key, put, StoreFile, write } from './helpers.js';

/** Some user without rights of his own. */
const stranger = 65_534;

/** What opening says to a user whom nothing belongs to; as root only another user is refused anything. */
async function said(path: string, readonly: boolean): Promise<string> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(stranger);
  try {
    await using store = await SqliteStore.open({ path, readonly });
    return `revision ${await store.revision()}`;
  } catch (error) {
    expect(error).toSatisfy(isUnavailableError);
    return (error as Error).message;
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('a file that this user may not use', () => {
  let file: StoreFile;
  let path: string;

  beforeEach(async () => {
    file = await StoreFile.create();
    path = file.path;
    await chmod(file.folder, 0o755);
    const store = await file.open();
    await write(store, put(key('a'), '1'));
    await copyFile(`${path}-wal`, `${path}.log`);
    await store.close();
  });
  afterEach(async () => {
    await chmod(file.folder, 0o755);
    await file[Symbol.asyncDispose]();
  });

  it.each([true, false])('cannot be read (readonly: %s)', async (readonly) => {
    await chmod(path, 0o000);
    expect(await said(path, readonly)).toBe(
      `reading ${path} failed: the file cannot be read by this user; run as its owner or in its group, or grant access`,
    );
  });

  it.each([true, false])('lies in a folder that cannot be entered (readonly: %s)', async (readonly) => {
    await chmod(file.folder, 0o000);
    expect(await said(path, readonly)).toBe(
      `opening ${path} failed: this user may not enter its folder, or one above that; grant access, or run as who may`,
    );
  });

  it('cannot be written, and can be read', async () => {
    await chmod(path, 0o444);
    await chmod(file.folder, 0o555);
    expect(await said(path, true)).toBe('revision 2');
    expect(await said(path, false)).toBe(
      `opening ${path} failed: the file, its folder or its disk cannot be written by this user; mount it writable or grant access`,
    );
  });

  it('has a log beside it that cannot be read where nothing can be made', async () => {
    await copyFile(`${path}.log`, `${path}-wal`);
    await chmod(path, 0o444);
    await chmod(file.folder, 0o555);
    expect(await said(path, true)).toBe(
      `reading ${path} failed: its newest part is in the log beside it (${path}-wal), and reading that takes the right to make files there; open it once as a user who has it, on a disk that can be written`,
    );
  });
});
