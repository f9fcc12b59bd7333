import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { StoreEntry, StoreKey, StoreListed, StorePage, StoreRange, StoreVersion } from '../store.js';
import { entryColumns, listedColumns, ListedEntry, toEntry, type EntryRow, type ListedRow } from './entry-columns.js';
import { packedVersions, unpackVersions } from './packed-versions.js';

/**
 * How long is read before the event loop gets a turn: a tenth of the 10 ms nobody shall wait, because what is made of
 * entries stays in memory, and V8 may add a collection of several milliseconds to any turn.
 */
const turnMs = 1;

/**
 * How many rows SQLite hands over at once, which is faster than row by row. Entries begin with few, because nobody knows
 * how large they are, and versions are all small.
 */
const entriesAtOnce = { first: 8, most: 32 };
const versionsAtOnce = { first: 500, most: 500 };

/** How many entries are counted at once. */
const countedAtOnce = 5_000;

type Place = readonly [kind: string, namespace: string, name: string];
type Position = [kind: string, namespace: string, name: string, nowMs: number, count: number];
type FullRow = readonly [...EntryRow, namespace: string, name: string];
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
  readonly #entries: RangeStatements<FullRow>;
  readonly #listed: RangeStatements<ListedRow>;
  readonly #packed: RangeStatements<readonly [number, string | null]>;
  readonly #versions: RangeStatements<VersionRow>;
  readonly #newest: Statement<[], number>;
  readonly #endOfCount: Statement<string[], Place>;
  readonly #countUpTo: Statement<string[], readonly [string, number]>;
  readonly #countRest: Statement<string[], readonly [string, number]>;

  constructor(database: Database) {
    const versionColumns = 'namespace, name, revision, uid, generation';
    this.#database = database;
    this.#entries = prepareRange(database, (condition) => `SELECT ${entryColumns}, namespace, name ${condition}`);
    this.#listed = prepareRange(database, (condition) => `SELECT ${listedColumns} ${condition}`);
    this.#versions = prepareRange(database, (condition) => `SELECT ${versionColumns} ${condition}`);
    this.#packed = prepareRange(database, (condition) => packedVersions(`SELECT ${versionColumns} ${condition}`));
    this.#newest = database.prepare<[], number>('SELECT max(revision) FROM log').pluck();
    const place = '(kind, namespace, name)';
    const counted = `SELECT kind, count(*) FROM entries WHERE ${place} > (?, ?, ?)`;
    this.#endOfCount = database
      .prepare<string[], Place>(
        `SELECT kind, namespace, name FROM entries WHERE ${place} > (?, ?, ?)
         ORDER BY kind, namespace, name LIMIT 1 OFFSET ${countedAtOnce - 1}`,
      )
      .raw();
    this.#countUpTo = database
      .prepare<string[], readonly [string, number]>(`${counted} AND ${place} <= (?, ?, ?) GROUP BY kind`)
      .raw();
    this.#countRest = database.prepare<string[], readonly [string, number]>(`${counted} GROUP BY kind`).raw();
  }

  /** Entries of a range, or what is picked from them right when they are read; `nowMs` decides which have expired. */
  listEntries(range: StoreRange, nowMs: number, pick?: (entry: StoreListed) => unknown): Promise<StorePage<unknown>> {
    const { kind } = range;
    if (pick === undefined) {
      const rows = select(this.#entries, range);
      const decode = (row: FullRow): StoreEntry => toEntry({ kind, namespace: row[7], name: row[8] }, row);
      return this.#list(range, nowMs, entriesAtOnce, (position) => rows.all(...position), decode, itself);
    }
    const rows = select(this.#listed, range);
    const decode = (row: ListedRow): ListedEntry => new ListedEntry(kind, row);
    return this.#list(range, nowMs, entriesAtOnce, (position) => rows.all(...position), decode, pick);
  }

  /** The same without values. */
  listVersions<Item>(
    range: StoreRange,
    nowMs: number,
    pick: (version: StoreVersion) => Item,
  ): Promise<StorePage<Item>> {
    return this.#list(range, nowMs, versionsAtOnce, (position) => this.#readVersions(range, position), itself, pick);
  }

  /** How many entries of each kind there are. */
  async countEntries(): Promise<Readonly<Record<string, number>>> {
    const counts = new Map<string, number>();
    let from: Place = ['', '', ''];
    this.#database.exec('BEGIN');
    try {
      for (;;) {
        const to = this.#endOfCount.get(...from);
        const rows = to === undefined ? this.#countRest.all(...from) : this.#countUpTo.all(...from, ...to);
        for (const [kind, count] of rows) counts.set(kind, (counts.get(kind) ?? 0) + count);
        if (to === undefined) return Object.fromEntries(counts);
        from = to;
        await nextTurn();
      }
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  close(): void {
    this.#database.close();
  }

  async #list<Row, Entry extends { readonly key: StoreKey }, Item>(
    range: StoreRange,
    nowMs: number,
    atOnce: { readonly first: number; readonly most: number },
    read: (position: Position) => readonly Row[],
    decode: (row: Row) => Entry,
    pick: (entry: Entry) => Item,
  ): Promise<StorePage<Item>> {
    const { kind, namespace, limit = Number.POSITIVE_INFINITY, signal } = range;
    const items: Item[] = [];
    let after: Pick<StoreKey, 'namespace' | 'name'> = range.after ?? { namespace: '', name: '' };
    let until = performance.now() + turnMs;
    let ask = atOnce.first;
    this.#database.exec('BEGIN');
    try {
      const revision = this.#newest.get() ?? 0;
      for (;;) {
        // One more than asked for tells whether entries remain.
        const count = Math.min(ask, limit - items.length + 1);
        const rows = read([kind, namespace ?? after.namespace, after.name, nowMs, count]);
        let taken = 0;
        for (const row of rows) {
          if (items.length === limit) return { revision, entries: items, more: true };
          const entry = decode(row);
          items.push(pick(entry));
          after = entry.key;
          taken++;
          // A few rows more do no harm, and what is left of them would have to be read again.
          if (performance.now() > until + turnMs) break;
        }
        if (taken === rows.length && rows.length < count) return { revision, entries: items, more: false };
        ask = taken < rows.length ? taken : Math.min(count * 2, atOnce.most);
        if (performance.now() > until) {
          await nextTurn();
          signal?.throwIfAborted();
          until = performance.now() + turnMs;
        }
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
