import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { StoreEntry, StorePage, StoreRange, StoreVersion } from '../store.js';
import { entryColumns, toEntry, type EntryRow } from './entry-columns.js';
import { packedVersions, unpackVersions } from './packed-versions.js';

/**
 * How much is read before the event loop gets a turn. The time is a fifth of the 10 ms nobody shall wait: what is read
 * stays in memory, so V8 may add a collection of several milliseconds to any turn.
 */
const chunkMs = 2;
const chunkEntries = 250;
const chunkVersions = 1_000;
const chunkCharacters = 1 << 19;

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

/** Part of a range, and whether that was the last of it. */
interface Chunk<Entry> {
  readonly entries: readonly Entry[];
  readonly isLast: boolean;
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

  /** Entries of a range; `nowMs` decides which have expired. */
  listEntries(range: StoreRange, nowMs: number): Promise<StorePage<StoreEntry>> {
    return this.#list(range, nowMs, (...position) => this.#readEntries(range, position), chunkEntries);
  }

  /** The same without values. */
  listVersions(range: StoreRange, nowMs: number): Promise<StorePage<StoreVersion>> {
    return this.#list(range, nowMs, (...position) => this.#readVersions(range, position), chunkVersions);
  }

  close(): void {
    this.#database.close();
  }

  async #list<Entry extends Pick<StoreVersion, 'key'>>(
    range: StoreRange,
    nowMs: number,
    read: (...position: Position) => Chunk<Entry>,
    chunkSize: number,
  ): Promise<StorePage<Entry>> {
    const { kind, limit = Number.POSITIVE_INFINITY, signal } = range;
    const entries: Entry[] = [];
    let after = range.after ?? { namespace: '', name: '' };
    this.#database.exec('BEGIN');
    try {
      const revision = this.#newest.get() ?? 0;
      for (;;) {
        // One more than asked for tells whether entries remain.
        const count = Math.min(chunkSize, limit - entries.length + 1);
        const chunk = read(kind, range.namespace ?? after.namespace, after.name, nowMs, count);
        entries.push(...chunk.entries);
        if (entries.length > limit) return { revision, entries: entries.slice(0, limit), more: true };
        if (chunk.isLast) return { revision, entries, more: false };
        after = entries.at(-1)?.key ?? after;
        await nextTurn();
        signal?.throwIfAborted();
      }
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  #readEntries(range: StoreRange, position: Position): Chunk<StoreEntry> {
    const entries: StoreEntry[] = [];
    let characters = 0;
    const until = performance.now() + chunkMs;
    for (const row of select(this.#entries, range).iterate(...position)) {
      const entry = toEntry(row);
      entries.push(entry);
      characters += entry.value.length;
      if (characters > chunkCharacters || performance.now() > until) return { entries, isLast: false };
    }
    return { entries, isLast: entries.length < position[4] };
  }

  #readVersions(range: StoreRange, position: Position): Chunk<StoreVersion> {
    const { kind } = range;
    const [count, packed] = select(this.#packed, range).get(...position) ?? [0, null];
    const entries =
      unpackVersions(kind, count, packed) ??
      select(this.#versions, range)
        .all(...position)
        .map(([namespace, name, revision, uid, generation]) => ({
          key: { kind, namespace, name },
          revision,
          uid,
          generation,
        }));
    return { entries, isLast: count < position[4] };
  }
}

function select<Row>(statements: RangeStatements<Row>, range: StoreRange): Statement<Position, Row> {
  return range.namespace === undefined ? statements.ofKind : statements.ofNamespace;
}
