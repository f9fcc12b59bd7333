import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { checkStoreFile, Registry } from '@ecsm/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testScheme, Zone, zone } from '../registry/helpers/kinds.js';
import { key, put, StoreFile, write } from './helpers.js';

const pageBytes = 4_096;

describe('a file with a damaged page', () => {
  let file: StoreFile;
  const names = Array.from({ length: 20 }, (_, index) => `note-${index}`);

  /** Puts garbage over the page that holds a text. */
  async function damage(text: string): Promise<void> {
    const bytes = await readFile(file.path);
    const page = Math.floor(bytes.indexOf(text) / pageBytes) * pageBytes;
    bytes.fill(0xa5, page, page + pageBytes);
    await writeFile(file.path, bytes);
  }

  beforeEach(async () => {
    file = await StoreFile.create();
    const store = await file.open();
    for (const name of names) await write(store, put(key(name), `${name} is here `.repeat(150), { uid: name }));
    await store.close();
    await damage('"text":"note-7 is here');
  });
  afterEach(() => file[Symbol.asyncDispose]());

  it('is called damaged where that page is read; other objects stay readable, and new ones are taken', async () => {
    const store = await file.open();
    const damaged = { code: 'CorruptStore', path: file.path };
    await expect(store.get(key('note-7'))).rejects.toMatchObject(damaged);
    await expect(store.list({ kind: 'notes' })).rejects.toMatchObject(damaged);
    expect((await store.get(key('note-2')))?.value).toContain('note-2 is here');
    expect((await store.listVersions({ kind: 'notes' })).entries).toHaveLength(names.length);
    const events = store.watch({ kind: 'notes', afterRevision: 1 })[Symbol.asyncIterator]();
    await expect(events.next()).rejects.toMatchObject(damaged);
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

  it('has its lost objects named by the check of a registry, one by one', async () => {
    const open = async () => new Registry({ store: await file.open(), scheme: testScheme });
    await using before = await open();
    for (const name of ['here', 'lost']) {
      await before.resource(Zone).create({ ...zone(name), region: `the region of ${name} `.repeat(120) });
    }
    await before.close();
    await damage('"region":"the region of lost');
    await using after = await open();
    const problems = await after.check();
    expect(problems).toContain('zones.test.dev "lost" cannot be read: it lies on a damaged page');
    expect(problems.filter((problem) => problem.includes('"here"'))).toEqual([]);
    expect((await after.resource(Zone).get('here')).region).toContain('the region of here');
  });
});

describe('a file in use', () => {
  let file: StoreFile;
  beforeEach(async () => {
    file = await StoreFile.create();
  });
  afterEach(() => file[Symbol.asyncDispose]());

  it('is called damaged when somebody empties it', async () => {
    const store = await file.open();
    await write(store, put(key('a'), '1'));
    const reader = await file.open({ readonly: true });
    await truncate(file.path, 0);
    await expect(reader.list({ kind: 'notes' })).rejects.toMatchObject({
      code: 'CorruptStore',
      message: expect.stringContaining('is damaged: reading found no such table: entries; restore a backup') as string,
    });
    // SQLite has taken the log of an empty file away.
    await expect(store.list({ kind: 'notes' })).rejects.toMatchObject({ code: 'StoreReplaced' });
  });

  it('says that its log is gone when somebody removes that', async () => {
    const store = await file.open();
    await write(store, ...Array.from({ length: 300 }, (_, index) => put(key(`n${index}`), 'x'.repeat(1000))));
    const reader = await file.open({ readonly: true });
    await rm(`${file.path}-wal`);
    await expect(reader.list({ kind: 'notes' })).rejects.toThrow('its log beside it (-wal) ends too early');
    await expect(store.list({ kind: 'notes' })).rejects.toThrow(`has lost its log: ${file.path}-wal was moved`);
  });
});
