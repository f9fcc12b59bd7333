import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { StoreEntry, StoreKey, StorePage, StoreRange, StoreVersion } from '../store.js';
import { entryColumns, toEntry, type EntryRow } from './entry-columns.js';
import { packedVersions, unpackVersions } from './packed-versions.js';

/**
 * How much is read before the event loop gets a turn. The time is a fifth of the 10 ms nobody shall wait: what is made
 * of entries stays in memory, so V8 may add a collection of several milliseconds to any turn.
 */
const chunkMs = 2;
const chunkEntries = 250;
const chunkVersions = 1_000;

type Position = [kind: string, namespace: string, name: string, nowMs: number, count: number];
type VersionRow = readonly [namespace: string, name: string, revision: number, uid: string, generation: number];

/** One query for a kind in all namespaces, one for a namespace. */
interface RangeStatements<Row> {
  readonly ofKind: Statement<Position, Row>;
  readonly ofNamespace: Statement<Position, Row>;
}

function prepareRange<Row>(database: Database, toQuery: (condition: string) => string): RangeStatements<Row> {
  const prepare = (position: string): Statement<Position, Row> =>
    database
      .prepare<Position, Row>(
        toQuery(
          `FROM entries WHERE kind = ? AND ${position}
           AND (expires_at IS NULL OR expires_at > ?) ORDER BY namespace, name LIMIT ?`,
        ),
      )
      .raw();
  return { ofKind: prepare('(namespace, name) > (?, ?)'), ofNamespace: prepare('namespace = ? AND name > ?') };
}

/** Lists on a connection of its own: a snapshot stays open while the event loop gets its turns. */
export class SnapshotReader {
  readonly #database: Database;
  readonly #entries: RangeStatements<EntryRow>;
  readonly #packed: RangeStatements<readonly [number, string | null]>;
  readonly #versions: RangeStatements<VersionRow>;
  readonly #newest: Statement<[], number>;

  constructor(database: Database) {
    const versionColumns = 'namespace, name, revision, uid, generation';
    this.#database = database;
    this.#entries = prepareRange(database, (condition) => `SELECT ${entryColumns} ${condition}`);
    this.#versions = prepareRange(database, (condition) => `SELECT ${versionColumns} ${condition}`);
    this.#packed = prepareRange(database, (condition) => packedVersions(`SELECT ${versionColumns} ${condition}`));
    this.#newest = database.prepare<[], number>('SELECT max(revision) FROM log').pluck();
  }

  /** Entries of a range, made into items right when they are read; `nowMs` decides which have expired. */
  listEntries<Item>(range: StoreRange, nowMs: number, pick: (entry: StoreEntry) => Item): Promise<StorePage<Item>> {
    const rows = select(this.#entries, range);
    return this.#list(range, nowMs, chunkEntries, (position) => rows.iterate(...position), toEntry, pick);
  }

  /** The same without values. */
  listVersions<Item>(
    range: StoreRange,
    nowMs: number,
    pick: (version: StoreVersion) => Item,
  ): Promise<StorePage<Item>> {
    return this.#list(range, nowMs, chunkVersions, (position) => this.#readVersions(range, position), itself, pick);
  }

  close(): void {
    this.#database.close();
  }

  async #list<Row, Entry extends { readonly key: StoreKey }, Item>(
    range: StoreRange,
    nowMs: number,
    chunkSize: number,
    read: (position: Position) => Iterable<Row>,
    decode: (row: Row) => Entry,
    pick: (entry: Entry) => Item,
  ): Promise<StorePage<Item>> {
    const { kind, namespace, limit = Number.POSITIVE_INFINITY, signal } = range;
    const items: Item[] = [];
    let after: Pick<StoreKey, 'namespace' | 'name'> = range.after ?? { namespace: '', name: '' };
    this.#database.exec('BEGIN');
    try {
      const revision = this.#newest.get() ?? 0;
      for (;;) {
        const until = performance.now() + chunkMs;
        // One more than asked for tells whether entries remain.
        const count = Math.min(chunkSize, limit - items.length + 1);
        let left = count;
        let isLate = false;
        for (const row of read([kind, namespace ?? after.namespace, after.name, nowMs, count])) {
          if (items.length === limit) return { revision, entries: items, more: true };
          const entry = decode(row);
          items.push(pick(entry));
          after = entry.key;
          left--;
          isLate = performance.now() > until;
          if (isLate) break;
        }
        if (left > 0 && !isLate) return { revision, entries: items, more: false };
        await nextTurn();
        signal?.throwIfAborted();
      }
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  #readVersions(range: StoreRange, position: Position): readonly StoreVersion[] {
    const { kind } = range;
    const [count, packed] = select(this.#packed, range).get(...position) ?? [0, null];
    return (
      unpackVersions(kind, count, packed) ??
      select(this.#versions, range)
        .all(...position)
        .map(([namespace, name, revision, uid, generation]) => ({
          key: { kind, namespace, name },
          revision,
          uid,
          generation,
        }))
    );
  }
}

function itself<T>(value: T): T {
  return value;
}

function select<Row>(statements: RangeStatements<Row>, range: StoreRange): Statement<Position, Row> {
  return range.namespace === undefined ? statements.ofKind : statements.ofNamespace;
}
