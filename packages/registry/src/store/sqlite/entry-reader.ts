import type { Database, Statement } from 'better-sqlite3';
import type { StoreContent, StoreEntry, StoreFound, StoreKey } from '../store.js';
import {
  decodeLabels,
  decodeOwners,
  entriesWithValues,
  entryColumns,
  toEntry,
  type EntryRow,
} from './entry-columns.js';
import { EntryState, stateColumns, type StateRow } from './entry-state.js';

const isAlive = '(expires_at IS NULL OR expires_at > ?)';

const foundColumns = `${stateColumns}, generation, value, applied`;
type FoundRow = readonly [...StateRow, generation: number, value: string, applied: string | null];
type Position = [kind: string, namespace: string, name: string, nowMs: number];
type OwnedRow = readonly [...EntryRow, kind: string, namespace: string, name: string];

/** Reads of a few entries, each done within one turn of the event loop. */
export class EntryReader {
  readonly #getContent: Statement<Position, readonly [revision: number, value: string]>;
  readonly #get: Statement<Position, EntryRow>;
  readonly #getWithApplied: Statement<Position, FoundRow>;
  readonly #owned: Statement<[string, number, number], OwnedRow>;
  readonly #countLog: Statement<[], number>;

  constructor(database: Database) {
    const ofKey = `kind = ? AND namespace = ? AND name = ? AND ${isAlive}`;
    this.#getContent = database
      .prepare<Position, readonly [revision: number, value: string]>(
        `SELECT revision, value FROM ${entriesWithValues} WHERE ${ofKey}`,
      )
      .raw();
    this.#get = database
      .prepare<Position, EntryRow>(`SELECT ${entryColumns} FROM ${entriesWithValues} WHERE ${ofKey}`)
      .raw();
    this.#getWithApplied = database
      .prepare<Position, FoundRow>(`SELECT ${foundColumns} FROM ${entriesWithValues} WHERE ${ofKey}`)
      .raw();
    this.#owned = database
      .prepare<[string, number, number], OwnedRow>(
        `SELECT ${entryColumns}, kind, namespace, name FROM ${entriesWithValues}
         WHERE (kind, namespace, name) IN (SELECT kind, namespace, name FROM owners WHERE owners.uid = ?)
         AND ${isAlive} LIMIT ?`,
      )
      .raw();
    this.#countLog = database.prepare<[], number>('SELECT count(*) FROM log').pluck();
  }

  /** What it takes to read a value. */
  getContent(key: StoreKey, nowMs: number): StoreContent | undefined {
    const row = this.#getContent.get(key.kind, key.namespace, key.name, nowMs);
    return row === undefined ? undefined : { key, revision: row[0], value: row[1] };
  }

  /** @param withApplied - whether the text kept beside the entry is read as well */
  get(key: StoreKey, nowMs: number, withApplied: boolean): StoreFound | undefined {
    const { kind, namespace, name } = key;
    if (withApplied) {
      const row = this.#getWithApplied.get(kind, namespace, name, nowMs);
      return row === undefined ? undefined : toFound({ kind, namespace, name }, row);
    }
    const row = this.#get.get(kind, namespace, name, nowMs);
    return row === undefined ? undefined : toEntry({ kind, namespace, name }, row);
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

function toFound(key: StoreKey, row: FoundRow): StoreFound {
  const memory = new EntryState(row);
  const { revision, uid, expiresAtMs, appliedRevision } = memory;
  const [, , , , , , , generation, value, applied] = row;
  const labels = decodeLabels(key, memory.labels);
  const owners = decodeOwners(key, memory.owners);
  const entry = { key, revision, uid, generation, labels, owners, value, memory };
  if (applied === null && expiresAtMs === null) return entry;
  return {
    ...entry,
    ...(expiresAtMs === null ? {} : { expiresAtMs }),
    ...(applied === null || appliedRevision === null ? {} : { applied, appliedRevision }),
  };
}
