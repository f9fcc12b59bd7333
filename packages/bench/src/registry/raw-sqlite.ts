import { join } from 'node:path';

import Database from 'better-sqlite3';

/** What one would write by hand with better-sqlite3: the same guarantees, no features. */
export interface RawSqlite extends Disposable {
  update(index: number, value: string): void;
  updateAll(values: readonly string[]): void;
  text(index: number): string;
  get(index: number): unknown;
  list(): readonly unknown[];
}

/** Fills a database with the same objects, in WAL mode with synchronous=FULL. */
export function openRawSqlite(
  folder: string,
  names: readonly string[],
  values: readonly string[],
  file = 'raw.db',
): RawSqlite {
  const database = new Database(join(folder, file));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE objects (id INTEGER PRIMARY KEY, kind TEXT, namespace TEXT, name TEXT, revision INTEGER, value TEXT);
    CREATE UNIQUE INDEX objects_by_key ON objects (kind, namespace, name);
    CREATE TABLE log (revision INTEGER PRIMARY KEY, kind TEXT, namespace TEXT, name TEXT, operation TEXT);
  `);
  const key = ['ecsmservices.ecsm.sh', 'default'] as const;
  const insert = database.prepare(
    'INSERT INTO objects (kind, namespace, name, revision, value) VALUES (?, ?, ?, 0, ?)',
  );
  database.transaction(() => {
    names.forEach((name, index) => insert.run(...key, name, values[index]));
  })();
  const log = database.prepare("INSERT INTO log (kind, namespace, name, operation) VALUES (?, ?, ?, 'put')");
  const change = database.prepare(
    'UPDATE objects SET revision = ?, value = ? WHERE kind = ? AND namespace = ? AND name = ? AND revision = ?',
  );
  const revisions = names.map(() => 0);
  const write = (index: number, value: string): void => {
    const name = names[index];
    const revision = Number(log.run(...key, name).lastInsertRowid);
    if (change.run(revision, value, ...key, name, revisions[index]).changes !== 1) throw new Error('lost update');
    revisions[index] = revision;
  };
  const update = database.transaction(write);
  const updateAll = database.transaction((all: readonly string[]) => {
    all.forEach((value, index) => {
      write(index, value);
    });
  });
  const get = database.prepare<unknown[], string>(
    'SELECT value FROM objects WHERE kind = ? AND namespace = ? AND name = ?',
  );
  const list = database.prepare<
    unknown[],
    { readonly name: string; readonly revision: number; readonly value: string }
  >('SELECT namespace, name, revision, value FROM objects WHERE kind = ? ORDER BY namespace, name');
  const getValue = get.pluck();
  const text = (index: number): string => getValue.get(...key, names[index]) ?? 'null';
  return {
    update: (index, value) => {
      update.immediate(index, value);
    },
    updateAll: (all) => {
      updateAll.immediate(all);
    },
    text,
    get: (index) => JSON.parse(text(index)) as unknown,
    list: () => list.all(key[0]).map((row) => ({ ...row, value: JSON.parse(row.value) as unknown })),
    [Symbol.dispose]: () => database.close(),
  };
}
