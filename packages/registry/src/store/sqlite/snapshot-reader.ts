import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { StorePage, StoreRange } from '../store.js';
import { entryColumns, toEntry, toVersion, versionColumns, type EntryRow, type VersionRow } from './entry-columns.js';

/** How much is read before the event loop gets a turn. */
const chunkRows = { entries: 250, versions: 1_000 };
const chunkCharacters = 1 << 19;

type RangeStatement<Row> = Statement<[string, string, string, number, number], Row>;

interface RangeStatements<Row> {
  readonly ofKind: RangeStatement<Row>;
  readonly ofNamespace: RangeStatement<Row>;
}

function prepareRange<Row>(database: Database, columns: string): RangeStatements<Row> {
  const prepare = (position: string): RangeStatement<Row> =>
    database
      .prepare<[string, string, string, number, number], Row>(
        `SELECT ${columns} FROM entries WHERE kind = ? AND ${position}
         AND (expires_at IS NULL OR expires_at > ?) ORDER BY namespace, name LIMIT ?`,
      )
      .raw();
  return { ofKind: prepare('(namespace, name) > (?, ?)'), ofNamespace: prepare('namespace = ? AND name > ?') };
}

/** Lists on a connection of its own: a snapshot stays open while the event loop gets its turns. */
export class SnapshotReader {
  readonly #database: Database;
  readonly #entries: RangeStatements<EntryRow>;
  readonly #versions: RangeStatements<VersionRow>;
  readonly #newest: Statement<[], number>;

  constructor(database: Database) {
    this.#database = database;
    this.#entries = prepareRange<EntryRow>(database, entryColumns);
    this.#versions = prepareRange<VersionRow>(database, versionColumns);
    this.#newest = database.prepare<[], number>('SELECT max(revision) FROM log').pluck();
  }

  /** Entries of a range; `nowMs` decides which have expired. */
  listEntries(range: StoreRange, nowMs: number): Promise<StorePage<ReturnType<typeof toEntry>>> {
    return this.#list(range, nowMs, this.#entries, chunkRows.entries, toEntry, (entry) => entry.value.length);
  }

  /** The same without values. */
  listVersions(range: StoreRange, nowMs: number): Promise<StorePage<ReturnType<typeof toVersion>>> {
    return this.#list(range, nowMs, this.#versions, chunkRows.versions, toVersion, () => 0);
  }

  close(): void {
    this.#database.close();
  }

  async #list<Row, Entry extends { readonly key: { readonly namespace: string; readonly name: string } }>(
    range: StoreRange,
    nowMs: number,
    statements: RangeStatements<Row>,
    rowsAtOnce: number,
    decode: (row: Row) => Entry,
    sizeOf: (entry: Entry) => number,
  ): Promise<StorePage<Entry>> {
    const { limit = Number.POSITIVE_INFINITY, signal } = range;
    const statement = range.namespace === undefined ? statements.ofKind : statements.ofNamespace;
    const entries: Entry[] = [];
    let after = range.after ?? { namespace: '', name: '' };
    this.#database.exec('BEGIN');
    try {
      const revision = this.#newest.get() ?? 0;
      for (;;) {
        // One more than asked for tells whether entries remain.
        const wanted = Math.min(rowsAtOnce, limit - entries.length + 1);
        let count = 0;
        let size = 0;
        const rows = statement.iterate(range.kind, range.namespace ?? after.namespace, after.name, nowMs, wanted);
        for (const row of rows) {
          const entry = decode(row);
          entries.push(entry);
          count++;
          size += sizeOf(entry);
          if (size > chunkCharacters) break;
        }
        if (entries.length > limit) return { revision, entries: entries.slice(0, limit), more: true };
        if (count < wanted && size <= chunkCharacters) return { revision, entries, more: false };
        after = entries.at(-1)?.key ?? after;
        await nextTurn();
        signal?.throwIfAborted();
      }
    } finally {
      this.#database.exec('COMMIT');
    }
  }
}
