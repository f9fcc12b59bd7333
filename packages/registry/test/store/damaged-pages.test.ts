import { readFile, writeFile } from 'node:fs/promises';
import { checkStoreFile } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { key, put, StoreFile, write } from './helpers.js';

const pageBytes = 4_096;

describe('a file with a damaged page', () => {
  let file: StoreFile;
  const names = Array.from({ length: 20 }, (_, index) => `note-${index}`);

  beforeEach(async () => {
    file = await StoreFile.create();
    const store = await file.open();
    for (const name of names) await write(store, put(key(name), `${name} is here `.repeat(150), { uid: name }));
    await store.close();
    const bytes = await readFile(file.path);
    const page = Math.floor(bytes.indexOf('"text":"note-7 is here') / pageBytes) * pageBytes;
    bytes.fill(0xa5, page, page + pageBytes);
    await writeFile(file.path, bytes);
  });
  afterEach(() => file[Symbol.asyncDispose]());

  it('is called damaged where that page is read; other objects stay readable, and new ones are taken', async () => {
    const store = await file.open();
    const damaged = { code: 'CorruptStore', path: file.path };
    await expect(store.get(key('note-7'))).rejects.toMatchObject(damaged);
    await expect(store.list({ kind: 'notes' })).rejects.toMatchObject(damaged);
    expect((await store.get(key('note-2')))?.value).toContain('note-2 is here');
    expect((await store.listVersions({ kind: 'notes' })).entries).toHaveLength(names.length);
    await write(store, put(key('new'), '1'));
    expect((await store.get(key('new')))?.value).toBe('{"text":"1"}');
  });

  it('is examined to its end, and what is wrong is told in words', async () => {
    const store = await file.open();
    for (const problems of [await store.checkIntegrity(), await checkStoreFile(file.path)]) {
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect(problem).toMatch(/^table contents: /);
    }
  });
});
