import type { Database, Statement } from 'better-sqlite3';
import type { StoreEntry, StoreKey } from '../store.js';
import { entryColumns, toEntry, type EntryRow } from './entry-columns.js';

const isAlive = '(expires_at IS NULL OR expires_at > ?)';

/** Reads of a few entries, each done within one turn of the event loop. */
export class EntryReader {
  readonly #get: Statement<[string, string, string, number], EntryRow>;
  readonly #owned: Statement<[string, number, number], EntryRow>;
  readonly #countEntries: Statement<[], readonly [string, number]>;
  readonly #countLog: Statement<[], number>;

  constructor(database: Database) {
    this.#get = database
      .prepare<[string, string, string, number], EntryRow>(
        `SELECT ${entryColumns} FROM entries WHERE kind = ? AND namespace = ? AND name = ? AND ${isAlive}`,
      )
      .raw();
    this.#owned = database
      .prepare<[string, number, number], EntryRow>(
        `SELECT ${entryColumns} FROM entries
         WHERE (kind, namespace, name) IN (SELECT kind, namespace, name FROM owners WHERE owners.uid = ?)
         AND ${isAlive} LIMIT ?`,
      )
      .raw();
    this.#countEntries = database
      .prepare<[], readonly [string, number]>('SELECT kind, count(*) FROM entries GROUP BY kind')
      .raw();
    this.#countLog = database.prepare<[], number>('SELECT count(*) FROM log').pluck();
  }

  get(key: StoreKey, nowMs: number): StoreEntry | undefined {
    const row = this.#get.get(key.kind, key.namespace, key.name, nowMs);
    return row === undefined ? undefined : toEntry(row);
  }

  listOwned(uid: string, limit: number | undefined, nowMs: number): readonly StoreEntry[] {
    // SQLite takes a negative limit for none.
    return this.#owned.all(uid, nowMs, limit ?? -1).map(toEntry);
  }

  counts(): { readonly entries: Readonly<Record<string, number>>; readonly logRows: number } {
    return { entries: Object.fromEntries(this.#countEntries.all()), logRows: this.#countLog.get() ?? 0 };
  }
}
