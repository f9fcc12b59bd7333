import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { StoreKey, StoreListed, StorePage, StoreRange, StoreVersion } from '../store.js';
import {
  contentColumns,
  entriesWithValues,
  entryColumns,
  listedColumns,
  ListedEntry,
  toEntry,
  type ContentRow,
  type EntryRow,
  type ListedRow,
} from './entry-columns.js';
import { packedVersions, PackedVersions } from './packed-versions.js';
import { selectNewestRevision } from './schema.js';

/**
 * How long is read before the event loop gets a turn: a tenth of the 10 ms nobody shall wait, because what is made of
 * entries stays in memory, and V8 may add a collection of several milliseconds to any turn.
 */
const turnMs = 1;

/** How many entries of a list are read at once. */
interface AtOnce {
  readonly first: number;
  readonly most: number;
  /** After how many of them the clock is looked at. */
  readonly look: number;
}

/**
 * How many rows SQLite hands over at once, which is faster than row by row. Entries begin with few, because nobody knows
 * how large they are, and versions are all small.
 */
const entriesAtOnce: AtOnce = { first: 8, most: 64, look: 1 };
const versionsAtOnce: AtOnce = { first: 500, most: 500, look: 100 };

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

function prepareRange<Row>(
  database: Database,
  toQuery: (condition: string, isOfNamespace: boolean) => string,
): RangeStatements<Row> {
  const prepare = (position: string, isOfNamespace: boolean): Statement<Position, Row> =>
    database
      .prepare<Position, Row>(
        toQuery(
          `WHERE kind = ? AND ${position}
           AND (expires_at IS NULL OR expires_at > ?) ORDER BY namespace, name LIMIT ?`,
          isOfNamespace,
        ),
      )
      .raw();
  return {
    ofKind: prepare('(namespace, name) > (?, ?)', false),
    ofNamespace: prepare('namespace = ? AND name > ?', true),
  };
}

/** Lists on a connection of its own: a snapshot stays open while the event loop gets its turns. */
export class SnapshotReader {
  readonly #database: Database;
  readonly #entries: RangeStatements<FullRow>;
  readonly #listed: RangeStatements<ListedRow>;
  readonly #contents: RangeStatements<ContentRow>;
  readonly #packed: RangeStatements<readonly [number, string | null]>;
  readonly #versions: RangeStatements<VersionRow>;
  readonly #newest: Statement<[], number>;
  readonly #endOfCount: Statement<string[], Place>;
  readonly #countUpTo: Statement<string[], readonly [string, number]>;
  readonly #countRest: Statement<string[], readonly [string, number]>;

  constructor(database: Database) {
    const versionColumns = 'namespace, name, revision, uid, generation';
    const from = `FROM ${entriesWithValues}`;
    this.#database = database;
    this.#entries = prepareRange(
      database,
      (condition) => `SELECT ${entryColumns}, namespace, name ${from} ${condition}`,
    );
    this.#listed = prepareRange(database, (condition) => `SELECT ${listedColumns} ${from} ${condition}`);
    this.#contents = prepareRange(database, (condition) => `SELECT ${contentColumns} ${from} ${condition}`);
    this.#versions = prepareRange(database, (condition) => `SELECT ${versionColumns} FROM entries ${condition}`);
    this.#packed = prepareRange(database, packedVersions);
    this.#newest = database.prepare<[], number>(selectNewestRevision).pluck();
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
    const read = (position: Position): Chunk<unknown> => {
      if (pick === undefined) {
        const rows = select(this.#entries, range).all(...position);
        return chunkOf(
          rows.map((row) => toEntry({ kind, namespace: row[7], name: row[8] }, row)),
          itself,
        );
      }
      const statement = range.content === true ? select(this.#contents, range) : select(this.#listed, range);
      return chunkOf(
        statement.all(...position).map((row) => new ListedEntry(kind, row)),
        pick,
      );
    };
    return this.#list(range, nowMs, entriesAtOnce, read);
  }

  /** The same without values. */
  listVersions<Item>(
    range: StoreRange,
    nowMs: number,
    pick: (version: StoreVersion) => Item,
  ): Promise<StorePage<Item>> {
    return this.#list(range, nowMs, versionsAtOnce, (position) => this.#readVersions(range, position, pick));
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

  async #list<Item>(
    range: StoreRange,
    nowMs: number,
    atOnce: AtOnce,
    read: (position: Position) => Chunk<Item>,
  ): Promise<StorePage<Item>> {
    const { kind, namespace, limit = Number.POSITIVE_INFINITY, signal } = range;
    const items: Item[] = [];
    let after: Pick<StoreKey, 'namespace' | 'name'> = range.after ?? { namespace: '', name: '' };
    let turnEnd = performance.now() + turnMs;
    let ask = atOnce.first;
    this.#database.exec('BEGIN');
    try {
      const revision = this.#newest.get() ?? 0;
      for (;;) {
        const begunAt = performance.now();
        // One more than asked for tells whether entries remain.
        const count = Math.min(ask, limit - items.length + 1);
        const chunk = read([kind, namespace ?? after.namespace, after.name, nowMs, count]);
        let taken = 0;
        while (taken < chunk.length) {
          if (items.length === limit) return { revision, entries: items, more: true };
          items.push(chunk.take(taken));
          taken++;
          // What is left then has to be read again: only for the first ones that are far larger than those before.
          if (taken % atOnce.look === 0 && performance.now() > turnEnd + 2 * turnMs) break;
        }
        if (taken === chunk.length && chunk.length < count) return { revision, entries: items, more: false };
        after = chunk.keyOf(taken - 1);
        const now = performance.now();
        const fitting = Math.floor((taken * turnMs) / (now - begunAt));
        ask = Math.max(1, Math.min(count * 2, fitting, atOnce.most));
        if (now > turnEnd) {
          await nextTurn();
          signal?.throwIfAborted();
          turnEnd = performance.now() + turnMs;
        }
      }
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  #readVersions<Item>(range: StoreRange, position: Position, pick: (version: StoreVersion) => Item): Chunk<Item> {
    const { kind } = range;
    const [count, packed] = select(this.#packed, range).get(...position) ?? [0, null];
    const versions = PackedVersions.unpack(range, count, packed);
    if (versions !== undefined) {
      return {
        length: versions.length,
        take: (index) => pick(versions.versionAt(index)),
        keyOf: (index) => versions.keyAt(index),
      };
    }
    const rows = select(this.#versions, range)
      .all(...position)
      .map(([namespace, name, revision, uid, generation]) => ({
        key: { kind, namespace, name },
        revision,
        uid,
        generation,
      }));
    return chunkOf(rows, pick);
  }
}

/** What one read of a list gives. */
interface Chunk<Item> {
  readonly length: number;
  /** What is listed of an entry. */
  take(index: number): Item;
  keyOf(index: number): StoreKey;
}

function chunkOf<Entry extends { readonly key: StoreKey }, Item>(
  entries: readonly Entry[],
  pick: (entry: Entry) => Item,
): Chunk<Item> {
  const entryAt = (index: number): Entry => {
    const entry = entries[index];
    if (entry === undefined) throw new RangeError(`there is no entry ${index}`);
    return entry;
  };
  return {
    length: entries.length,
    take: (index) => pick(entryAt(index)),
    keyOf: (index) => entryAt(index).key,
  };
}

function itself<T>(value: T): T {
  return value;
}

function select<Row>(statements: RangeStatements<Row>, range: StoreRange): Statement<Position, Row> {
  return range.namespace === undefined ? statements.ofKind : statements.ofNamespace;
}
