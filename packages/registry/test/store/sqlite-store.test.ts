import { chmod, readdir, readFile, rm, stat, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isExpiredError, isInternalError, isTimeoutError, isUnavailableError } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import {
  backupStoreFile,
  checkStoreFile,
  isRevisionMismatchError,
  Registry,
  restoreBackup,
  SqliteStore,
  type SqliteStoreOptions,
} from '@ecsm/registry';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, migrations } from '../../src/store/sqlite/schema.js';
import { behindRevision } from '../../src/store/internal/change-log.js';
import { findGroupId } from '../../src/store/sqlite/find-group-id.js';
import { SqliteChangeLog } from '../../src/store/sqlite/sqlite-change-log.js';
import { key, put, remove, show, take, value, write, StoreFile } from './helpers.js';

describe('SqliteStore', () => {
  let file: StoreFile;
  let path: string;
  const open = (options?: Partial<SqliteStoreOptions>): Promise<SqliteStore> => file.open(options);
  const mode = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

  beforeEach(async () => {
    file = await StoreFile.create();
    path = file.path;
  });
  afterEach(() => file[Symbol.asyncDispose]());

  const layoutOf = (file: string): unknown => {
    const database = new Database(file, { readonly: true });
    try {
      return database.pragma('user_version', { simple: true });
    } finally {
      database.close();
    }
  };

  const a = key('a');
  const b = key('b');

  describe('opening', () => {
    it('keeps what was stored', async () => {
      const first = await open();
      const revision = await write(first, put(a, '1'));
      await first.close();
      const second = await open();
      expect(await second.get(a)).toMatchObject({ revision, value: '{"text":"1"}' });
      expect(await second.revision()).toBe(revision);
      expect(second.revisionsLost).toBeUndefined();
    });

    it('gives the file, its log and its bell to their owner only', async () => {
      const store = await open();
      await write(store, put(a, '1'));
      for (const suffix of ['', '-wal', '-shm', '-bell']) expect(await mode(path + suffix)).toBe('600');
    });

    it('gives them to a group where one is named', async () => {
      const groups = await readFile('/etc/group', 'utf8');
      const group = groups
        .split('\n')
        .find((line) => line.split(':')[2] === String(process.getgid?.()))!
        .split(':')[0]!;
      const store = await open({ group });
      await write(store, put(a, '1'));
      for (const suffix of ['', '-wal', '-shm', '-bell']) expect(await mode(path + suffix)).toBe('660');
      expect(findGroupId(group)).toBe(process.getgid?.());
      await expect(open({ group: 'no such group' })).rejects.toThrow('expected the name of a group of this machine');
    });

    it('names a missing file instead of showing an empty store', async () => {
      const error: unknown = await open({ readonly: true }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'StoreMissing', path });
      expect((error as Error).message).toContain(path);
      await expect(stat(path)).rejects.toThrow('ENOENT');
      const noFolder = join(file.folder, 'no', 'folder.db');
      await expect(SqliteStore.open({ path: noFolder })).rejects.toMatchObject({
        code: 'StoreMissing',
        message: `registry file ${noFolder} does not exist, nor does its folder ${join(file.folder, 'no')}: check the path, or make the folder`,
      });
    });

    it('calls nothing missing that cannot be seen', async () => {
      const loop = join(file.folder, 'loop');
      await symlink('loop', loop);
      const hidden = { path: join(loop, 'registry.db') };
      for (const opening of [
        SqliteStore.open(hidden),
        SqliteStore.open({ ...hidden, readonly: true }),
        Registry.open({ ...hidden, create: false }),
      ]) {
        await expect(opening).rejects.toThrow(/ELOOP/);
      }
    });

    it('leaves foreign files alone', async () => {
      await writeFile(path, 'my diary\n');
      await expect(open()).rejects.toMatchObject({ code: 'ForeignFile', path });
      expect(await readFile(path, 'utf8')).toBe('my diary\n');
      const other = join(file.folder, 'other.db');
      const database = new Database(other);
      database.exec('CREATE TABLE songs (title TEXT)');
      database.close();
      await expect(SqliteStore.open({ path: other })).rejects.toMatchObject({ code: 'ForeignFile' });
      await expect(SqliteStore.open({ path: file.folder })).rejects.toMatchObject({ code: 'ForeignFile' });
    });

    it('refuses a file of a newer program and says which versions it knows', async () => {
      await (await open()).close();
      const database = new Database(path);
      database.pragma('user_version = 99');
      database.close();
      const error: unknown = await open().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'NewerSchema', found: 99, supported: 4 });
      expect((error as Error).message).toMatch(/schema version 99.*versions up to 4/);
    });

    it('brings a file of the first layout forward, and what was applied with it', async () => {
      const old = new Database(path);
      migrate(old, migrations.slice(0, 1));
      old.exec(`
        INSERT INTO entry_values (id, value) VALUES (1, '{"text":"1"}'), (2, '{"me":{}}'), (3, '{"left":"behind"}');
        INSERT INTO entries (kind, namespace, name, revision, uid, generation, labels, owners, value_id) VALUES
          ('notes', 'default', 'a', 2, 'u1', 1, '{"app":"web"}', '[]', 1),
          ('notes#applied', 'default', 'a', 3, 'u1', 0, '{}', '[]', 2),
          ('notes#applied', 'default', 'b', 4, 'u2', 0, '{}', '[]', 3);
        INSERT INTO log (revision, sequence, operation, at, kind, namespace, name) VALUES
          (2, 0, 1, 0, 'notes', 'default', 'a'), (3, 0, 1, 0, 'notes#applied', 'default', 'a'),
          (4, 0, 1, 0, 'notes#applied', 'default', 'b');
      `);
      old.close();
      const backup = join(file.folder, 'old-backup.db');
      expect(await checkStoreFile(path)).toEqual([]);
      expect(await backupStoreFile({ path, destination: backup })).toEqual({ revision: 4 });
      for (const each of [path, backup]) expect(layoutOf(each)).toBe(1);
      await expect(open({ readonly: true })).rejects.toThrow(
        /layout 1 of an earlier version.*start ecsm-operator in this one/,
      );

      const check = async (): Promise<void> => {
        const store = await open();
        expect(await store.get(a, { applied: true })).toMatchObject({
          ...{ key: a, revision: 2, uid: 'u1', generation: 1, labels: { app: 'web' }, owners: [] },
          ...{ value: '{"text":"1"}', applied: '{"me":{}}', appliedRevision: 3 },
        });
        expect(await store.revision()).toBe(4);
        expect((await store.stats()).entries).toEqual({ notes: 1 });
        expect(await store.checkIntegrity()).toEqual([]);
        expect((await take(store.watch({ kind: 'notes', afterRevision: 1 }), 1)).map(show)).toEqual([
          'put a=1 created@2',
        ]);
        await store.close();
      };
      await check();
      await unlink(path);
      await restoreBackup({ backup, path });
      await check();
    });

    it('brings a file of the second layout forward, whose writers can change it no more', async () => {
      const old = new Database(path);
      migrate(old, migrations.slice(0, 2));
      old.exec(`
        INSERT INTO entry_values (id, value) VALUES (1, '{"text":"1"}'), (2, '{"text":"2"}');
        INSERT INTO entries (kind, namespace, name, revision, uid, generation, labels, owners, value_id) VALUES
          ('notes', 'default', 'a', 2, 'u1', 1, '{}', '[]', 1), ('notes', 'default', 'b', 3, 'u2', 1, '{}', '[]', 2);
        INSERT INTO applied (value_id, revision, text) VALUES (2, 4, '{"me":{}}');
        INSERT INTO log (revision, sequence, operation, at, kind, namespace, name) VALUES
          (2, 0, 1, 0, 'notes', 'default', 'a'), (3, 0, 1, 0, 'notes', 'default', 'b'), (4, 0, 0, 0, '', '', '');
      `);
      const update = old.prepare('UPDATE entry_values SET value = ? WHERE id = 2');
      update.run('{"text":"3"}');
      const store = await open();
      expect(await store.get(a, { applied: true })).not.toHaveProperty('applied');
      expect(await store.get(b, { applied: true })).toMatchObject({
        ...{ revision: 3, value: '{"text":"3"}', applied: '{"me":{}}', appliedRevision: 4 },
      });
      expect(await store.checkIntegrity()).toEqual([]);
      expect(() => update.run('{"text":"4"}')).toThrow('no such table');
      old.close();
    });

    it('brings the change log of the third layout forward, whose writers can add to it no more', async () => {
      const old = new Database(path);
      migrate(old, migrations.slice(0, 3));
      old.exec(`
        INSERT INTO contents (id, value) VALUES (1, '{"text":"2"}');
        INSERT INTO entries (kind, namespace, name, revision, uid, generation, labels, owners, value_id) VALUES
          ('notes', 'default', 'a', 5, 'u1', 2, '{"app":"web"}', '[]', 1);
        INSERT INTO log (revision, sequence, operation, at, kind, namespace, name, labels, uid, generation, owners, value) VALUES
          (2, 0, 1, 7, 'notes', 'default', 'a', NULL, NULL, NULL, NULL, NULL),
          (3, 0, 1, 8, 'notes', 'default', 'b', NULL, NULL, NULL, NULL, NULL),
          (5, 0, 2, 9, 'notes', 'default', 'a', '{"app":"db"}', NULL, NULL, NULL, NULL),
          (5, 1, 3, 9, 'notes', 'default', 'b', '{}', 'u2', 1, '[]', '{"text":"gone"}');
      `);
      const addRow = old.prepare(
        "INSERT INTO log (revision, sequence, operation, at, kind, namespace, name) VALUES (6, 0, 0, 0, '', '', '')",
      );
      const store = await open();
      expect(await store.revision()).toBe(5);
      expect((await store.stats()).logRows).toBe(5);
      const events = await take(store.watch({ kind: 'notes', afterRevision: 2 }), 2);
      expect(events.map(show)).toEqual(['put a=2@5', 'delete b=gone@5']);
      expect(events[0]).toMatchObject({ previousLabels: { app: 'db' } });
      expect(() => addRow.run()).toThrow('generated column');
      old.close();
      expect(await write(store, put(b, '3'))).toBe(6);
      await store.compact(5);
      expect((await store.stats()).logRows).toBe(1);
      expect(await store.checkIntegrity()).toEqual([]);
    });

    it('says that a newer program has taken the file over while it was open', async () => {
      const store = await open();
      await write(store, put(a, '1'));
      const newer = new Database(path);
      newer.exec('ALTER TABLE log RENAME TO history; ALTER TABLE entries RENAME TO things; PRAGMA user_version = 99');
      newer.close();
      const takenOver = { code: 'NewerSchema', found: 99, supported: migrations.length };
      await expect(write(store, put(a, '2'))).rejects.toMatchObject(takenOver);
      await expect(store.get(a)).rejects.toMatchObject(takenOver);
      await expect(store.list({ kind: 'notes' })).rejects.toMatchObject(takenOver);
      const events = store.watch({ kind: 'notes', afterRevision: 1 })[Symbol.asyncIterator]();
      await expect(events.next()).rejects.toMatchObject(takenOver);
    });

    it('S7 relies on what is remembered of an entry only while that is so', async () => {
      const store = await open();
      const other = await open();
      await write(store, put(a, '1'));
      const { memory, revision = 0 } = (await store.get(a, { applied: true })) ?? {};
      expect(memory).toBeDefined();
      const replace = (text: string, check: number) =>
        store.commit({
          checks: [{ key: a, revision: check }],
          writes: [{ type: 'put', key: a, ...value(text), ...(memory === undefined ? {} : { memory }) }],
        });
      const newest = await write(other, put(a, '2'));
      const both = await Promise.allSettled([write(store, put(b, '1')), replace('3', revision)]);
      expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      await expect(replace('4', revision)).rejects.toSatisfy(isRevisionMismatchError);
      expect((await store.get(a))?.value).toBe('{"text":"2"}');
      await replace('4', newest);
      expect((await store.get(a))?.value).toBe('{"text":"4"}');
      expect(await store.checkIntegrity()).toEqual([]);
    });

    it('migrates forward step by step, and not twice', () => {
      const database = new Database(join(file.folder, 'migrated.db'));
      const steps = ['CREATE TABLE t (x)', 'INSERT INTO t VALUES (1)', 'INSERT INTO t VALUES (2)'];
      migrate(database, steps.slice(0, 2));
      expect(database.pragma('user_version', { simple: true })).toBe(2);
      migrate(database, steps);
      migrate(database, steps);
      expect(database.prepare('SELECT x FROM t').pluck().all()).toEqual([1, 2]);
      expect(() => {
        migrate(database, [...steps, 'INSERT INTO t VALUES (3); INSERT INTO nowhere VALUES (1)']);
      }).toThrow('nowhere');
      expect(database.pragma('user_version', { simple: true })).toBe(3);
      expect(database.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2);
      database.close();
    });

    it('reads beside a writer without being able to write', async () => {
      const writer = await open();
      const first = await write(writer, put(a, '1'));
      const reader = await open({ readonly: true });
      expect((await reader.get(a))?.revision).toBe(first);
      await write(writer, put(b, '1'));
      expect((await reader.list({ kind: 'notes' })).entries).toHaveLength(2);
      await expect(write(reader, put(a, '2'))).rejects.toThrow('opened read-only');
      await expect(reader.compact(1)).rejects.toThrow('opened read-only');
    });

    it('reports a damaged page where it is read, and nothing else', async () => {
      const store = await open();
      await write(store, put(a, '1', { labels: { app: 'web' } }), put(b, '1'));
      await store.close();
      const database = new Database(path);
      database.prepare("UPDATE entries SET labels = '{broken' WHERE name = 'a'").run();
      database.close();
      const again = await open();
      await expect(again.get(a)).rejects.toSatisfy(isInternalError);
      await expect(again.list({ kind: 'notes' })).rejects.toThrow('labels stored with notes "default/a"');
      expect((await again.get(b))?.value).toBe('{"text":"1"}');
      expect(await again.checkIntegrity()).toEqual(['1 entries have labels that are no JSON']);
    });
  });

  describe('several handles on one file', () => {
    it('writes from all of them without an error and without a hole', async () => {
      const stores = await Promise.all(Array.from({ length: 4 }, () => open()));
      const revisions = await Promise.all(
        stores.flatMap((store, index) =>
          Array.from({ length: 25 }, (_, n) => write(store, put(key(`n${index}-${n}`), 'x'))),
        ),
      );
      expect(revisions.toSorted((x, y) => x - y)).toEqual(revisions.map((_, index) => index + 2));
    });

    it('waits for another writer without blocking the event loop, and gives up in time', async () => {
      const clock = new ManualClock();
      const store = await open({ clock, random: () => 0.5 });
      const other = new Database(path);
      other.exec('BEGIN IMMEDIATE');
      const late = write(store, put(a, '1'));
      const outcome = late.catch((reason: unknown) => reason);
      let turns = 0;
      for (let elapsed = 0; elapsed < 5_100; elapsed += 100) {
        await clock.advance(100);
        turns++;
      }
      expect(turns).toBe(51);
      const error = await outcome;
      expect(error).toSatisfy(isTimeoutError);
      expect((error as Error).message).toContain('5000 ms');
      other.exec('COMMIT');
      other.close();
      expect(await write(store, put(a, '2'))).toBe(2);
    });

    it('writes as soon as the other writer is done', async () => {
      const store = await open();
      const other = new Database(path);
      other.exec('BEGIN IMMEDIATE');
      const later = write(store, put(a, '1'));
      await delay(30);
      other.exec('COMMIT');
      other.close();
      expect(await later).toBe(2);
    });

    it('takes back a commit that waits when its signal aborts', async () => {
      const store = await open();
      const other = new Database(path);
      other.exec('BEGIN IMMEDIATE');
      const controller = new AbortController();
      const reason = new Error('never mind');
      const outcome = store.commit({ checks: [], writes: [put(a, '1')] }, { signal: controller.signal });
      controller.abort(reason);
      await expect(outcome).rejects.toBe(reason);
      other.exec('COMMIT');
      other.close();
      expect(await store.get(a)).toBeUndefined();
    });

    it('does nothing on a timer while nobody watches', async () => {
      const clock = new ManualClock();
      const store = await open({ clock });
      await write(store, put(a, '1'));
      await store.list({ kind: 'notes' });
      expect(clock.pendingTimers).toBe(0);
    });
  });

  describe('revisions lost', () => {
    /** A file at revision 3 whose bell holds 10. */
    const cut = async (): Promise<void> => {
      const store = await open();
      await write(store, put(a, '1'));
      await write(store, put(b, '1'));
      await store.close();
      await writeFile(`${path}-bell`, '0000000000000010\n');
    };

    it('reports what is missing and goes on above everything that was acknowledged', async () => {
      await cut();
      const store = await open();
      expect(store.revisionsLost).toEqual({ from: 4, to: 10 });
      expect((await store.stats()).revisionsLost).toEqual({ from: 4, to: 10 });
      expect(await store.revision()).toBe(11);
      expect(await write(store, put(a, '2'))).toBe(12);
      expect((await store.list({ kind: 'notes' })).entries).toHaveLength(2);
    });

    it('sends watchers that saw lost revisions, or none of them, to list again', async () => {
      await cut();
      const store = await open();
      for (const afterRevision of [2, 3, 7, 10]) {
        const next = store.watch({ kind: 'notes', afterRevision })[Symbol.asyncIterator]().next();
        await expect(next).rejects.toSatisfy(isExpiredError);
      }
      const revision = await write(store, put(a, '2'));
      expect((await take(store.watch({ kind: 'notes', afterRevision: 11 }), 1)).map(show)).toEqual([
        `put a=2@${revision}`,
      ]);
    });

    it('is remembered by the file until somebody acknowledges it, and told by readers as well', async () => {
      await cut();
      expect((await open({ readonly: true })).revisionsLost).toEqual({ from: 4, to: 10 });
      await (await open()).close();
      const store = await open();
      expect(store.revisionsLost).toEqual({ from: 4, to: 10 });
      await store.acknowledgeRevisionsLost();
      expect(store.revisionsLost).toBeUndefined();
      await store.close();
      expect((await open()).revisionsLost).toBeUndefined();
    });

    it('notices a file that was removed, by the bell that stayed', async () => {
      await cut();
      await unlink(path);
      const store = await open();
      expect(store.revisionsLost).toEqual({ from: 2, to: 10 });
    });

    it('takes a bell that cannot be read for none', async () => {
      for (const content of ['', 'garbage', '00000000000000xx\n', '99\n']) {
        await writeFile(`${path}-bell`, content);
        const store = await open();
        expect(store.revisionsLost).toBeUndefined();
        await store.close();
        await rm(path);
      }
    });
  });

  describe('the change log', () => {
    it('S40 is bounded by count, and rides on writes', async () => {
      const store = await open({ maxLogRows: 200 });
      for (let index = 0; index < 500; index++) await write(store, put(a, String(index)));
      const { logRows, compactRevision, revision } = await store.stats();
      expect(revision).toBe(501);
      expect(logRows).toBeLessThan(200 + 2 * 64);
      expect(compactRevision).toBe(revision - logRows);
      await expect(take(store.watch({ kind: 'notes', afterRevision: 1 }), 1)).rejects.toSatisfy(isExpiredError);
    });

    it('S40 is bounded by count also where every commit writes many keys', async () => {
      const store = await open({ maxLogRows: 200 });
      const names = Array.from({ length: 100 }, (_, index) => key(`n${index}`));
      for (let round = 0; round < 90; round++) await write(store, ...names.map((of) => put(of, String(round))));
      expect((await store.stats()).logRows).toBeLessThan(200 + 64 * 100);
    });

    it('S40 is bounded by age, but for the newest hundred', async () => {
      const clock = new ManualClock();
      const store = await open({ clock, maxLogAgeMs: 60_000 });
      const many = (count: number) =>
        Promise.all(Array.from({ length: count }, (_, index) => write(store, put(key(`n${index}`), 'x'))));
      await many(300);
      await clock.advance(60_001);
      await many(70);
      expect((await store.stats()).logRows).toBeGreaterThanOrEqual(100);
      expect((await store.stats()).logRows).toBeLessThan(180);
      expect((await store.stats()).compactRevision).toBeGreaterThan(190);
    });

    it('S40 gives the room of deleted entries back to the disk', async () => {
      const store = await open();
      const names = Array.from({ length: 100 }, (_, index) => key(`n${index}`));
      await write(store, ...names.map((of) => put(of, 'x'.repeat(20_000), { uid: of.name })));
      await write(store, ...names.map((of) => ({ ...remove(of), value: '{}' })));
      await store.compact(await store.revision());
      await store.close();
      expect((await stat(path)).size).toBeLessThan(200_000);
    });

    it('S40 is readable after a crash between the steps of a compaction', async () => {
      const store = await open();
      for (let index = 0; index < 10; index++) await write(store, put(a, String(index)));
      await store.close();
      const database = new Database(path);
      database.exec("UPDATE meta SET value = 8 WHERE key = 'compactRevision'");
      database.close();
      const again = await open();
      await expect(take(again.watch({ kind: 'notes', afterRevision: 7 }), 1)).rejects.toSatisfy(isExpiredError);
      expect((await take(again.watch({ kind: 'notes', afterRevision: 8 }), 1)).map(show)).toEqual(['put a=9@11']);
      await again.compact(9);
      expect((await again.stats()).logRows).toBe(2);
    });

    it('holds little of large entries at once for a watcher that is far behind, and tells it everything', async () => {
      const store = await open();
      const start = await store.revision();
      for (let index = 0; index < 40; index++) await write(store, put(key(`n${index}`), 'x'.repeat(300_000)));
      const database = new Database(path, { readonly: true });
      try {
        const log = new SqliteChangeLog(database);
        const pages: number[] = [];
        for (let position = behindRevision(start), caughtUp = false; !caughtUp;) {
          const page = log.read(position, { kind: 'notes' }, 0);
          pages.push(page.rows.length);
          ({ next: position, caughtUp } = page);
        }
        expect(pages.slice(0, 2)).toEqual([4, 4]);
        expect(pages.reduce((sum, rows) => sum + rows)).toBe(40);
      } finally {
        database.close();
      }
    });

    it('S38 tells a watcher that is far behind everything, page by page, while others write', async () => {
      const store = await open();
      const names = Array.from({ length: 300 }, (_, index) => key(`n${index}`));
      await write(store, ...names.map((of) => put(of, '1')));
      const seen: string[] = [];
      for await (const event of store.watch({ kind: 'notes', afterRevision: 1 })) {
        if (event.type === 'progress') continue;
        seen.push(event.entry.key.name);
        if (seen.length === 150) await write(store, put(key('n299'), '2'), remove(key('n298')));
        if (seen.length === 300) break;
      }
      // n298 and n299 are told with what became of them.
      expect(seen.slice(0, 298)).toEqual(names.slice(0, 298).map(({ name }) => name));
      expect(seen.slice(298)).toEqual(['n299', 'n298']);
    });
  });

  describe('backup', () => {
    const partials = async (): Promise<string[]> =>
      (await readdir(file.folder)).filter((name) => name.includes('.partial')).sort();

    it('copies a store that is written meanwhile, and the copy opens', async () => {
      const store = await open();
      await write(store, ...Array.from({ length: 500 }, (_, index) => put(key(`n${index}`), 'x'.repeat(2_000))));
      const copy = join(file.folder, 'backup.db');
      const running = store.backup(copy);
      const last = await write(store, put(a, '1'));
      const { revision } = await running;
      expect(revision).toBeGreaterThanOrEqual(last - 1);
      expect(await mode(copy)).toBe('600');
      await using restored = await SqliteStore.open({ path: copy, readonly: true });
      expect(await restored.revision()).toBe(revision);
      expect(await restored.checkIntegrity()).toEqual([]);
      expect((await restored.list({ kind: 'notes' })).entries.length).toBeGreaterThanOrEqual(500);
    });

    it('leaves nothing behind when it is aborted', async () => {
      const store = await open();
      await write(store, ...Array.from({ length: 500 }, (_, index) => put(key(`n${index}`), 'x'.repeat(2_000))));
      const copy = join(file.folder, 'backup.db');
      const controller = new AbortController();
      const running = store.backup(copy, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
      await expect(stat(copy)).rejects.toThrow('ENOENT');
      expect(await partials()).toEqual([]);
    });

    it('is whole although another one is written to the same file meanwhile', async () => {
      const store = await open();
      const puts = Array.from({ length: 1000 }, (_, index) => put(key(`n${index}`), 'x'.repeat(2_000)));
      const revision = await write(store, ...puts);
      const copy = join(file.folder, 'backup.db');
      const other = await open();
      let asked = 0;
      let second: Promise<unknown> | undefined;
      // The signal is asked at the call, and then after each part that was copied.
      const backUpToo = (): void => {
        if (++asked === 3) second = other.backup(copy);
      };
      const signal = Object.assign(new AbortController().signal, { throwIfAborted: backUpToo });
      expect(await store.backup(copy, { signal })).toEqual({ revision });
      expect(await checkStoreFile(copy)).toEqual([]);
      expect(await second).toEqual({ revision });
      expect(await checkStoreFile(copy)).toEqual([]);
      expect(await partials()).toEqual([]);
    });

    it('is whole also when another one began in the same moment', async () => {
      const store = await open();
      const revision = await write(store, put(a, '1'));
      const copy = join(file.folder, 'backup.db');
      expect(await Promise.all([store.backup(copy), store.backup(copy)])).toEqual([{ revision }, { revision }]);
      expect(await checkStoreFile(copy)).toEqual([]);
      expect(await mode(copy)).toBe('600');
      expect(await partials()).toEqual([]);
    });

    it('removes what those that were killed have left', async () => {
      const store = await open();
      await write(store, put(a, '1'));
      const copy = join(file.folder, 'backup.db');
      const others = ['backup.db.old.partial', 'my-backup.db.0123abcd.partial'];
      const left = ['backup.db.partial', 'backup.db.0123abcd.partial', 'backup.db.0123abcd.partial-journal'];
      const fresh = 'backup.db.456789ab.partial';
      for (const name of [...others, ...left, fresh]) {
        await writeFile(join(file.folder, name), 'half a page');
        if (name !== fresh) await utimes(join(file.folder, name), 1, 1);
      }
      await store.backup(copy);
      expect(await partials()).toEqual([fresh, ...others]);
    });

    it('is not written over the store itself, nor to what is no file', async () => {
      const store = await open();
      const link = join(file.folder, 'link.db');
      await symlink(path, link);
      for (const [destination, why] of [
        [path, 'the registry itself lies there; name another file'],
        [link, 'the registry itself lies there; name another file'],
        [file.folder, 'it is a folder; name a file in it'],
        [join(file.folder, 'none', 'backup.db'), `there is no folder ${join(file.folder, 'none')}; make it first`],
      ] as const) {
        const message = `a backup cannot be written to ${destination}: ${why}`;
        await expect(store.backup(destination)).rejects.toThrow(message);
        await expect(backupStoreFile({ path, destination })).rejects.toThrow(message);
      }
      await write(store, put(a, '1'));
    });

    it('ends when the store is closed', async () => {
      const store = await open();
      await write(store, ...Array.from({ length: 1000 }, (_, index) => put(key(`n${index}`), 'x'.repeat(2_000))));
      const running = expect(store.backup(join(file.folder, 'backup.db'))).rejects.toThrow('after it had been closed');
      await delay(5);
      await store.close();
      await running;
      expect(await partials()).toEqual([]);
    });

    it('is put back with the loss of what came after it', async () => {
      const store = await open();
      await write(store, put(a, '1'));
      const copy = join(file.folder, 'backup.db');
      await store.backup(copy);
      await write(store, put(a, '2'), put(b, '1'));
      await expect(restoreBackup({ backup: copy, path })).rejects.toSatisfy(isUnavailableError);
      await store.close();
      await restoreBackup({ backup: copy, path });
      const restored = await open();
      expect(restored.revisionsLost).toEqual({ from: 3, to: 3 });
      expect((await restored.list({ kind: 'notes' })).entries.map(({ value }) => value)).toEqual(['{"text":"1"}']);
      expect(await write(restored, put(b, '2'))).toBe(5);
      expect(await mode(path)).toBe('600');
    });

    it('is refused when it is damaged, and the store stays', async () => {
      const store = await open();
      await write(store, put(a, '1'));
      const copy = join(file.folder, 'backup.db');
      await store.backup(copy);
      await store.close();
      const bytes = await readFile(copy);
      bytes.fill(0xff, 4_096);
      await chmod(copy, 0o600);
      await writeFile(copy, bytes);
      await expect(restoreBackup({ backup: copy, path })).rejects.toMatchObject({ code: 'CorruptStore' });
      expect((await (await open()).get(a))?.value).toBe('{"text":"1"}');
    });
  });

  describe('a full disk', () => {
    it('refuses writes with the path and the way out, keeps what was stored, and goes on when there is room', async () => {
      const store = await open();
      const first = await write(store, put(a, '1'));
      // As with a small disk: this connection alone may not grow the file.
      store.limitPages(20);
      const error: unknown = await write(store, put(b, 'x'.repeat(500_000))).catch((reason: unknown) => reason);
      expect(error).toSatisfy(isUnavailableError);
      expect((error as Error).message).toContain(path);
      expect((error as Error).message).toContain('make room');
      expect(await store.revision()).toBe(first);
      expect((await store.get(a))?.value).toBe('{"text":"1"}');
      expect(await store.get(b)).toBeUndefined();
      expect(await write(store, put(a, '2'))).toBe(first + 1);
      store.limitPages(100_000);
      expect(await write(store, put(b, 'x'.repeat(500_000)))).toBe(first + 2);
      expect(await store.checkIntegrity()).toEqual([]);
    });

    it('fails only the commit that does not fit, of those that share a transaction', async () => {
      const store = await open();
      store.limitPages(30);
      const [small, large, other] = await Promise.allSettled([
        write(store, put(a, '1')),
        write(store, put(b, 'x'.repeat(500_000))),
        write(store, put(key('c'), '1')),
      ]);
      expect([small.status, large.status, other.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await store.list({ kind: 'notes' })).entries.map((entry) => entry.key.name)).toEqual(['a', 'c']);
    });
  });
});
