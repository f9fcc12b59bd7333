import { existsSync, statSync } from 'node:fs';
import { systemClock, type AbortableOptions, type Clock } from '@ecsm/api-types';
import type { Database } from 'better-sqlite3';
import { StoreClosedError } from '../errors/store-closed-error.js';
import { assertCommit } from './internal/check-commit.js';
import { assertCompactable } from './internal/kept-revisions.js';
import { WakeUps } from './internal/wake-ups.js';
import { WatchCursor } from './internal/watch-cursor.js';
import { Bell } from './sqlite/bell.js';
import { CommitQueue } from './sqlite/commit-queue.js';
import { CommitWriter, type CommitOutcome } from './sqlite/commit-writer.js';
import { openConnection } from './sqlite/connection.js';
import { EntryReader } from './sqlite/entry-reader.js';
import { NewsListener } from './sqlite/news-listener.js';
import { openDatabase } from './sqlite/open-database.js';
import { ReaderPool } from './sqlite/reader-pool.js';
import { retryWhileBusy } from './sqlite/retry-while-busy.js';
import { SnapshotReader } from './sqlite/snapshot-reader.js';
import { SqliteChangeLog } from './sqlite/sqlite-change-log.js';
import { toStoreFailure } from './sqlite/sqlite-failure.js';
import type {
  Store,
  StoreCommit,
  StoreEntry,
  StoreEvent,
  StoreKey,
  StorePage,
  StoreRange,
  StoreStats,
  StoreVersion,
  StoreWatchOptions,
} from './store.js';

/** Options of {@link SqliteStore.open}. */
export interface SqliteStoreOptions {
  /** The database file; it is created unless `readonly` is set. Its folder must exist, on a local disk. */
  readonly path: string;
  /**
   * Whether to read only: the file must exist, and nothing is created or changed.
   *
   * @defaultValue `false`
   */
  readonly readonly?: boolean;
  /**
   * How long a write waits for writers in other processes before it fails with TimeoutError.
   *
   * @defaultValue `5_000`
   */
  readonly busyTimeoutMs?: number;
  /**
   * How often a watched store looks for changes of other processes without having heard their bell.
   *
   * @defaultValue `1_000`
   */
  readonly pollIntervalMs?: number;
  /**
   * Decides when entries expire, when watchers report progress and how long a writer waits.
   *
   * @defaultValue the machine's clock
   */
  readonly clock?: Clock;
  /**
   * Source of the jitter between tries of a waiting writer, from 0 to below 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: () => number;
}

/**
 * A {@link Store} in an SQLite file, which several processes may open at the same time.
 *
 * An acknowledged commit survives a kill and a power cut. A reader never sees half a commit.
 *
 * @example
 * ```ts
 * await using store = await SqliteStore.open({ path: 'registry.db' });
 * const key = { kind: 'notes', namespace: 'default', name: 'first' };
 * const value = { value: '{"text":"hello"}', uid: '1', generation: 1, labels: {}, owners: [] };
 * await store.commit({ checks: [{ key, revision: 0 }], writes: [{ type: 'put', key, ...value }] });
 * console.log(await store.get(key));
 * ```
 */
export class SqliteStore implements Store {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #busyTimeoutMs: number;
  readonly #random: () => number;
  /** For everything that begins and ends within one turn of the event loop. */
  readonly #database: Database;
  readonly #reader: EntryReader;
  readonly #log: SqliteChangeLog;
  readonly #bell: Bell;
  readonly #listener: NewsListener;
  readonly #wakeUps: WakeUps;
  readonly #readers: ReaderPool;
  readonly #writer: CommitWriter | undefined;
  readonly #queue: CommitQueue;
  /** The newest revision that watchers have been woken for. */
  #announced: number;
  #closing: Promise<void> | undefined;

  private constructor(database: Database, options: SqliteStoreOptions) {
    const { path, readonly = false } = options;
    this.#path = path;
    this.#clock = options.clock ?? systemClock;
    this.#busyTimeoutMs = options.busyTimeoutMs ?? 5_000;
    this.#random = options.random ?? Math.random;
    this.#database = database;
    this.#reader = new EntryReader(database);
    this.#log = new SqliteChangeLog(database);
    this.#announced = this.#log.newestRevision();
    this.#bell = new Bell(path, readonly ? undefined : 0o600);
    this.#listener = new NewsListener({
      bell: this.#bell,
      clock: this.#clock,
      pollIntervalMs: options.pollIntervalMs ?? 1_000,
      look: this.#look,
    });
    this.#wakeUps = new WakeUps(
      () => this.#listener.start(),
      () => {
        this.#listener.stop();
        this.#log.forgetRecent();
      },
    );
    this.#readers = new ReaderPool(() => new SnapshotReader(openConnection(path, { readonly: true })));
    this.#writer = readonly ? undefined : new CommitWriter(database);
    this.#queue = new CommitQueue({
      path,
      clock: this.#clock,
      busyTimeoutMs: this.#busyTimeoutMs,
      random: this.#random,
      run: (commits) => this.#run(commits),
      toFailure: (error) => toStoreFailure(error, path, 'writing to'),
    });
  }

  /**
   * Opens a store, creating the file where there is none.
   *
   * @throws StoreMissingError, ForeignFileError, NewerSchemaError, CorruptStoreError, NetworkFileSystemError
   * @throws UnavailableError when the file cannot be reached or written
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    const { path, readonly = false, clock = systemClock, busyTimeoutMs = 5_000, random = Math.random } = options;
    const open = (): SqliteStore => {
      const database = openDatabase({ path, readonly, mode: 0o600, groupId: undefined });
      try {
        return new SqliteStore(database, options);
      } catch (error) {
        database.close();
        throw toStoreFailure(error, path, 'opening');
      }
    };
    return retryWhileBusy(open, { clock, busyTimeoutMs, random, path, step: 'opening' });
  }

  async get(key: StoreKey, options?: AbortableOptions): Promise<StoreEntry | undefined> {
    return this.#read(options, () => this.#reader.get(key, this.#clock.now()));
  }

  async list(range: StoreRange): Promise<StorePage<StoreEntry>> {
    return this.#read(range, () => this.#readers.use((reader) => reader.listEntries(range, this.#clock.now())));
  }

  async listVersions(range: StoreRange): Promise<StorePage<StoreVersion>> {
    return this.#read(range, () => this.#readers.use((reader) => reader.listVersions(range, this.#clock.now())));
  }

  async listOwned(
    uid: string,
    options: AbortableOptions & { readonly limit?: number } = {},
  ): Promise<readonly StoreEntry[]> {
    return this.#read(options, () => this.#reader.listOwned(uid, options.limit, this.#clock.now()));
  }

  async revision(options?: AbortableOptions): Promise<number> {
    return this.#read(options, () => this.#log.newestRevision());
  }

  async commit(commit: StoreCommit, options?: AbortableOptions): Promise<number> {
    assertCommit(commit);
    options?.signal?.throwIfAborted();
    this.#assertOpen();
    return this.#queue.submit(commit, options?.signal);
  }

  watch(options: StoreWatchOptions): AsyncIterable<StoreEvent> {
    const source = { log: this.#log, wakeUps: this.#wakeUps, clock: this.#clock };
    return { [Symbol.asyncIterator]: () => new WatchCursor(source, options) };
  }

  async compact(revision: number): Promise<void> {
    await this.#read(undefined, () => {
      assertCompactable(revision, this.#log.compactRevision(), this.#log.newestRevision());
    });
  }

  async stats(): Promise<StoreStats> {
    return this.#read(undefined, () => ({
      revision: this.#log.newestRevision(),
      compactRevision: this.#log.compactRevision(),
      ...this.#reader.counts(),
      watchers: this.#wakeUps.watchers,
      bytes: sizeOf(this.#path) + sizeOf(`${this.#path}-wal`),
    }));
  }

  /** Waits for commits under way, ends all watches and closes the file. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#wakeUps.close();
    await this.#queue.drained();
    this.#listener.stop();
    this.#readers.close();
    this.#bell.close();
    this.#database.close();
  }

  #run(commits: readonly StoreCommit[]): readonly CommitOutcome[] {
    const writer = this.#writer;
    if (writer === undefined) throw new TypeError(`${this.#path} was opened read-only and cannot be written`);
    this.#database.exec('BEGIN IMMEDIATE');
    let outcomes: readonly CommitOutcome[];
    try {
      outcomes = writer.apply(commits, this.#clock.now());
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    const newest = Math.max(0, ...outcomes.map((outcome) => ('revision' in outcome ? outcome.revision : 0)));
    if (newest > this.#announced) {
      this.#bell.ring(newest);
      this.#announced = newest;
      this.#wakeUps.wake();
    }
    return outcomes;
  }

  readonly #look = (): void => {
    try {
      const newest = this.#log.newestRevision();
      if (newest === this.#announced) return;
      this.#announced = newest;
    } catch {
      // Watchers read for themselves and report what they meet.
    }
    this.#wakeUps.wake();
  };

  async #read<T>(options: AbortableOptions | undefined, work: () => T | Promise<T>): Promise<T> {
    options?.signal?.throwIfAborted();
    this.#assertOpen();
    try {
      return await retryWhileBusy(work, {
        clock: this.#clock,
        busyTimeoutMs: this.#busyTimeoutMs,
        random: this.#random,
        path: this.#path,
        step: 'reading',
        ...(options?.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      throw toStoreFailure(error, this.#path, 'reading');
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StoreClosedError(this.#path);
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
