import type { Database, Statement } from 'better-sqlite3';
import type { StoreEntry, StoreFound, StoreKey } from '../store.js';
import { entryColumns, toEntry, type EntryRow } from './entry-columns.js';

const isAlive = '(expires_at IS NULL OR expires_at > ?)';

type Position = [kind: string, namespace: string, name: string, nowMs: number];
type FoundRow = readonly [...EntryRow, appliedRevision: number | null, appliedText: string | null];
type OwnedRow = readonly [...EntryRow, kind: string, namespace: string, name: string];

/** Reads of a few entries, each done within one turn of the event loop. */
export class EntryReader {
  readonly #get: Statement<Position, EntryRow>;
  readonly #getWithApplied: Statement<Position, FoundRow>;
  readonly #owned: Statement<[string, number, number], OwnedRow>;
  readonly #countLog: Statement<[], number>;

  constructor(database: Database) {
    const ofKey = `kind = ? AND namespace = ? AND name = ? AND ${isAlive}`;
    this.#get = database.prepare<Position, EntryRow>(`SELECT ${entryColumns} FROM entries WHERE ${ofKey}`).raw();
    this.#getWithApplied = database
      .prepare<Position, FoundRow>(
        `SELECT ${entryColumns}, applied.revision, applied.text
         FROM entries LEFT JOIN applied USING (value_id) WHERE ${ofKey}`,
      )
      .raw();
    this.#owned = database
      .prepare<[string, number, number], OwnedRow>(
        `SELECT ${entryColumns}, kind, namespace, name FROM entries
         WHERE (kind, namespace, name) IN (SELECT kind, namespace, name FROM owners WHERE owners.uid = ?)
         AND ${isAlive} LIMIT ?`,
      )
      .raw();
    this.#countLog = database.prepare<[], number>('SELECT count(*) FROM log').pluck();
  }

  /** @param withApplied - whether the text kept beside the entry is read as well */
  get(key: StoreKey, nowMs: number, withApplied: boolean): StoreFound | undefined {
    const { kind, namespace, name } = key;
    if (!withApplied) {
      const row = this.#get.get(kind, namespace, name, nowMs);
      return row === undefined ? undefined : toEntry({ kind, namespace, name }, row);
    }
    const row = this.#getWithApplied.get(kind, namespace, name, nowMs);
    if (row === undefined) return undefined;
    const [, , , , , , , appliedRevision, applied] = row;
    const entry = toEntry({ kind, namespace, name }, row);
    return appliedRevision === null || applied === null ? entry : { ...entry, applied, appliedRevision };
  }

  listOwned(uid: string, limit: number | undefined, nowMs: number): readonly StoreEntry[] {
    // SQLite takes a negative limit for none.
    return this.#owned.all(uid, nowMs, limit ?? -1).map((row) => {
      const [, , , , , , , kind, namespace, name] = row;
      return toEntry({ kind, namespace, name }, row);
    });
  }

  logRows(): number {
    return this.#countLog.get() ?? 0;
  }
}
