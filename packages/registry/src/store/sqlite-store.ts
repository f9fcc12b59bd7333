import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, type AbortableOptions, type Clock } from '@ecsm/api-types';
import type { Database, Statement } from 'better-sqlite3';
import { NewerSchemaError } from '../errors/newer-schema-error.js';
import { StoreClosedError } from '../errors/store-closed-error.js';
import type { ChangeLog } from './internal/change-log.js';
import { assertCommit } from './internal/check-commit.js';
import { assertCompactable } from './internal/kept-revisions.js';
import { WakeUps } from './internal/wake-ups.js';
import { WatchCursor } from './internal/watch-cursor.js';
import { Bell } from './sqlite/bell.js';
import { checkIntegrity } from './sqlite/check-integrity.js';
import { CommitQueue } from './sqlite/commit-queue.js';
import { CommitWriter, StaleReadError, type CommitOutcome } from './sqlite/commit-writer.js';
import { openConnection } from './sqlite/connection.js';
import { copyImage } from './sqlite/database-image.js';
import { EntryReader } from './sqlite/entry-reader.js';
import { findGroupId } from './sqlite/find-group-id.js';
import { LogRetention } from './sqlite/log-retention.js';
import {
  findRevisionsLost,
  forgetRevisionsLost,
  readRevisionsLost,
  recordRevisionsLost,
  type RevisionsLost,
} from './sqlite/lost-revisions.js';
import { NewsListener } from './sqlite/news-listener.js';
import { openDatabase } from './sqlite/open-database.js';
import { identityOf, OpenedFile } from './sqlite/opened-file.js';
import { ReaderPool } from './sqlite/reader-pool.js';
import { retryWhileBusy, type Patience } from './sqlite/retry-while-busy.js';
import { migrations, schemaVersion } from './sqlite/schema.js';
import { SnapshotReader } from './sqlite/snapshot-reader.js';
import { SqliteChangeLog } from './sqlite/sqlite-change-log.js';
import { isBusy, isRefusedStatement, toStoreFailure } from './sqlite/sqlite-failure.js';
import type { SqliteStoreOptions } from './sqlite/sqlite-store-options.js';
import { writeBackup, type BackupResult } from './sqlite/write-backup.js';
import type {
  Store,
  StoreCommit,
  StoreContent,
  StoreEntry,
  StoreEvent,
  StoreFound,
  StoreGetOptions,
  StoreKey,
  StoreListed,
  StorePage,
  StoreRange,
  StoreStats,
  StoreVersion,
  StoreWatchOptions,
} from './store.js';

export type { BackupResult } from './sqlite/write-backup.js';
export type { RevisionsLost } from './sqlite/lost-revisions.js';
export type { SqliteStoreOptions } from './sqlite/sqlite-store-options.js';

/** How long single entries are read before the event loop gets a turn. */
const chunkMs = 2;

/**
 * A {@link Store} in an SQLite file, which several processes may open at the same time.
 *
 * An acknowledged commit survives a kill and a power cut. A reader never sees half a commit. A store whose file, or the log
 * beside it, is moved, removed or replaced takes no more writes and ends its reads and watches, within a second:
 * StoreReplacedError.
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
  readonly #file: OpenedFile;
  readonly #clock: Clock;
  readonly #patience: Patience;
  /** For everything that begins and ends within one turn of the event loop. */
  readonly #database: Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #reader: EntryReader;
  readonly #log: SqliteChangeLog;
  /** What watches read. */
  readonly #followed: ChangeLog;
  readonly #bell: Bell;
  readonly #listener: NewsListener;
  readonly #wakeUps: WakeUps;
  readonly #readers: ReaderPool;
  readonly #readonly: boolean;
  readonly #writer: CommitWriter;
  readonly #queue: CommitQueue;
  readonly #retention: LogRetention;
  /** Revisions missing from a file that was opened read-only, and so could not be told so. */
  readonly #seenLost: RevisionsLost | undefined;
  /** The newest revision that watchers have been woken for. */
  #announced: number;
  readonly #backups = new Set<Promise<BackupResult>>();
  #closing: Promise<void> | undefined;

  private constructor(
    database: Database,
    file: OpenedFile,
    patience: Patience,
    options: SqliteStoreOptions,
    seenLost: RevisionsLost | undefined,
  ) {
    const { path, clock } = patience;
    const { readonly = false } = options;
    this.#seenLost = seenLost;
    this.#path = path;
    this.#file = file;
    this.#clock = clock;
    this.#patience = patience;
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#reader = new EntryReader(database);
    this.#log = new SqliteChangeLog(database);
    this.#followed = {
      read: (...asked) => {
        file.assertNotLost();
        try {
          return this.#log.read(...asked);
        } catch (error) {
          throw this.#toFailure(error, 'reading');
        }
      },
    };
    this.#announced = this.#log.newestRevision();
    this.#bell = new Bell(path, { writable: !readonly, clock });
    this.#listener = new NewsListener({
      bell: this.#bell,
      clock,
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
    this.#readers = new ReaderPool(() => this.#openReader());
    this.#readonly = readonly;
    this.#writer = new CommitWriter(database);
    this.#retention = new LogRetention(database, {
      maxRows: options.maxLogRows ?? 10_000,
      maxAgeMs: options.maxLogAgeMs ?? 86_400_000,
    });
    this.#queue = new CommitQueue({
      ...patience,
      run: (commits) => this.#run(commits),
      toFailure: (error) => this.#toFailure(error, 'writing to'),
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
    const patience: Patience = { path, clock, busyTimeoutMs, random };
    const groupId = options.group === undefined ? undefined : findGroupId(options.group);
    const open = (): SqliteStore => {
      // Read before the file is: whatever the bell holds then is in a file that has lost nothing.
      const rung = new Bell(path, { writable: false, clock }).read();
      let database: Database | undefined;
      try {
        const before = identityOf(path);
        database = openDatabase({ path, readonly, groupId });
        const file = new OpenedFile(path, { before, withLog: !readonly, nowMs: clock.monotonicNow() });
        if (!readonly && rung !== undefined) recordRevisionsLost(database, rung, Math.floor(clock.now()));
        const seenLost = readonly ? findRevisionsLost(database, rung) : undefined;
        return new SqliteStore(database, file, patience, options, seenLost);
      } catch (error) {
        database?.close();
        throw isBusy(error) ? error : toStoreFailure(error, path, 'opening');
      }
    };
    return retryWhileBusy(open, { ...patience, step: 'opening' });
  }

  get(key: StoreKey, options: StoreGetOptions & { readonly content: true }): Promise<StoreContent | undefined>;
  get(key: StoreKey, options?: StoreGetOptions): Promise<StoreFound | undefined>;
  get(key: StoreKey, options?: StoreGetOptions): Promise<StoreContent | undefined> {
    const read = (): StoreContent | undefined =>
      options?.content === true
        ? this.#reader.getContent(key, this.#now())
        : this.#reader.get(key, this.#now(), options?.applied === true);
    try {
      options?.signal?.throwIfAborted();
      this.#assertUsable();
      // Nearly always it can be read at once, and every promise more is a tenth of what a read takes.
      return Promise.resolve(read());
    } catch {
      return this.#read(options, read);
    }
  }

  async getMany(keys: readonly StoreKey[], options?: StoreGetOptions): Promise<readonly (StoreFound | undefined)[]> {
    return this.#read(options, async () => {
      const found: (StoreFound | undefined)[] = [];
      let until = performance.now() + chunkMs;
      for (const key of keys) {
        if (performance.now() > until) {
          await nextTurn();
          options?.signal?.throwIfAborted();
          this.#assertUsable();
          until = performance.now() + chunkMs;
        }
        found.push(this.#reader.get(key, this.#now(), options?.applied === true));
      }
      return found;
    });
  }

  list(range: StoreRange): Promise<StorePage<StoreEntry>>;
  list<Item>(range: StoreRange, pick: (entry: StoreListed) => Item): Promise<StorePage<Item>>;
  async list(range: StoreRange, pick?: (entry: StoreListed) => unknown): Promise<StorePage<unknown>> {
    return this.#read(range, () => this.#readers.use((reader) => reader.listEntries(range, this.#now(), pick)));
  }

  listVersions(range: StoreRange): Promise<StorePage<StoreVersion>>;
  listVersions<Item>(range: StoreRange, pick: (version: StoreVersion) => Item): Promise<StorePage<Item>>;
  async listVersions(
    range: StoreRange,
    pick: (version: StoreVersion) => unknown = itself,
  ): Promise<StorePage<unknown>> {
    return this.#read(range, () => this.#readers.use((reader) => reader.listVersions(range, this.#now(), pick)));
  }

  async listOwned(
    uid: string,
    options: AbortableOptions & { readonly limit?: number } = {},
  ): Promise<readonly StoreEntry[]> {
    return this.#read(options, () => this.#reader.listOwned(uid, options.limit, this.#now()));
  }

  async revision(options?: AbortableOptions): Promise<number> {
    return this.#read(options, () => this.#log.newestRevision());
  }

  async commit(commit: StoreCommit, options?: AbortableOptions): Promise<number> {
    assertCommit(commit);
    options?.signal?.throwIfAborted();
    this.#assertUsable();
    this.#assertWritable();
    return this.#queue.submit(commit, options?.signal);
  }

  watch(options: StoreWatchOptions): AsyncIterable<StoreEvent> {
    const source = { log: this.#followed, wakeUps: this.#wakeUps, clock: this.#clock };
    return { [Symbol.asyncIterator]: () => new WatchCursor(source, options) };
  }

  async compact(revision: number): Promise<void> {
    await this.#change(() => {
      assertCompactable(revision, this.#log.compactRevision(), this.#log.newestRevision());
      this.#retention.forget(revision);
    });
    while (await this.#change(() => this.#retention.sweep())) await nextTurn();
  }

  async stats(): Promise<StoreStats> {
    return this.#read(undefined, async () => {
      const entries = await this.#readers.use((reader) => reader.countEntries());
      this.#assertOpen();
      const revisionsLost = this.revisionsLost;
      const revision = this.#log.newestRevision();
      return {
        revision,
        compactRevision: this.#log.compactRevision(),
        entries,
        logRows: this.#reader.logRows(),
        watchers: this.#wakeUps.watchers,
        watchLag: this.#wakeUps.lag(revision),
        bytes: sizeOf(this.#path) + sizeOf(`${this.#path}-wal`),
        ...(revisionsLost === undefined ? {} : { revisionsLost }),
      };
    });
  }

  /** The file. */
  get path(): string {
    return this.#path;
  }

  /**
   * Revisions that were acknowledged once and are missing, because the file was cut, put back or removed. The file
   * remembers them, for every process that opens it, until {@link SqliteStore.acknowledgeRevisionsLost}.
   */
  get revisionsLost(): RevisionsLost | undefined {
    this.#assertOpen();
    return this.#seenLost ?? readRevisionsLost(this.#database);
  }

  /** Ends the report of lost revisions: somebody has seen to it that what matters is declared anew. */
  async acknowledgeRevisionsLost(): Promise<void> {
    await this.#change(() => forgetRevisionsLost(this.#database));
  }

  /**
   * Copies the store into a file while it is in use. The file appears when it is complete and on the disk. It also saves
   * what is in a file that has lost its path.
   *
   * @throws BadRequestError when the destination is a folder, in none, or the store itself
   * @throws UnavailableError when the disk of the destination is full or cannot be written; no file is left then
   * @throws StoreClosedError when the store is closed before the copy is complete; no file is left then
   */
  async backup(destination: string, options: AbortableOptions = {}): Promise<BackupResult> {
    options.signal?.throwIfAborted();
    this.#assertOpen();
    const backup = writeBackup(this.#database, destination, () => {
      options.signal?.throwIfAborted();
      this.#assertOpen();
    });
    this.#backups.add(backup);
    try {
      return await backup;
    } catch (error) {
      throw toStoreFailure(error, destination, 'writing the backup');
    } finally {
      this.#backups.delete(backup);
    }
  }

  /**
   * Examines every page and every row, and returns what is wrong in words; nothing when all is well.
   *
   * It keeps the event loop busy for as long as it takes (about a second per 100 MB): it is for command lines.
   */
  async checkIntegrity(): Promise<readonly string[]> {
    return this.#read(undefined, () => checkIntegrity(this.#database));
  }

  /**
   * Bounds the size of the file, in pages of 4 KiB: a write that would need more fails as on a full disk. It binds this
   * handle only.
   */
  limitPages(maxPages: number): void {
    this.#assertOpen();
    this.#database.pragma(`max_page_count = ${Math.trunc(maxPages)}`);
  }

  /** Waits for commits under way, ends all watches and backups, and closes the file. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#wakeUps.close();
    // A database that is closed under a backup would end the process.
    await Promise.allSettled([this.#queue.drained(), ...this.#backups]);
    this.#listener.stop();
    this.#readers.close();
    this.#bell.close();
    this.#database.close();
  }

  #run(commits: readonly StoreCommit[]): readonly CommitOutcome[] {
    try {
      return this.#carryOut(commits, true);
    } catch (error) {
      if (!(error instanceof StaleReadError)) throw error;
      return this.#carryOut(commits, false);
    }
  }

  /** @param trusting - whether what the commits remember of the entries they replace is relied on */
  #carryOut(commits: readonly StoreCommit[], trusting: boolean): readonly CommitOutcome[] {
    let before = 0;
    let newest = 0;
    const outcomes = this.#transaction(() => {
      const nowMs = this.#now();
      before = this.#log.newestRevision();
      const done = this.#writer.apply(commits, nowMs, before, trusting);
      newest = done.reduce((highest, outcome) => ('revision' in outcome ? outcome.revision : highest), before);
      this.#retention.ride(before, newest, nowMs);
      return done;
    });
    if (newest > this.#announced) {
      this.#bell.ring(newest, before);
      this.#announced = newest;
      this.#wakeUps.wake();
    }
    return outcomes;
  }

  readonly #look = (): void => {
    try {
      this.#file.assertInPlace();
      const newest = this.#log.newestRevision();
      if (newest === this.#announced) return;
      this.#announced = newest;
    } catch {
      // Watchers read for themselves and report what they meet.
    }
    this.#wakeUps.wake();
  };

  /** Whole milliseconds, as they are stored; a clock may tell parts of one. */
  #now(): number {
    return Math.floor(this.#clock.now());
  }

  /** All or nothing, on the disk when it returns. */
  #transaction<T>(work: () => T): T {
    this.#begin.run();
    try {
      this.#file.assertInPlace();
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      // A full disk can have rolled it back already.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** A transaction of the store's own, which waits for its turn like a commit. */
  async #change<T>(work: () => T): Promise<T> {
    this.#assertWritable();
    return this.#read(undefined, () => this.#transaction(work));
  }

  async #read<T>(options: AbortableOptions | undefined, work: () => T | Promise<T>): Promise<T> {
    options?.signal?.throwIfAborted();
    this.#assertUsable();
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw this.#toFailure(error, 'reading');
    }
    try {
      return await retryWhileBusy(work, {
        ...this.#patience,
        step: 'reading',
        ...(options?.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      throw this.#toFailure(error, 'reading');
    }
  }

  #toFailure(error: unknown, step: string): Error {
    // What a statement does not find any more may be in a layout that a newer program has given the file meanwhile.
    const version = isRefusedStatement(error) ? schemaVersion(this.#database) : 0;
    if (version > migrations.length) return new NewerSchemaError(this.#path, version, migrations.length);
    return toStoreFailure(error, this.#path, step);
  }

  #assertWritable(): void {
    if (this.#readonly) throw new TypeError(`expected a store that can be written: ${this.#path} was opened read-only`);
  }

  /** Of an image in memory there is no other reader to open. */
  #openReader(): SnapshotReader {
    if (this.#database.memory) return new SnapshotReader(copyImage(this.#database));
    this.#file.assertInPlace();
    const connection = openConnection(this.#path, { readonly: true });
    try {
      // Between the two looks, what was opened is the store's own file.
      this.#file.assertInPlace();
      return new SnapshotReader(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #assertUsable(): void {
    this.#assertOpen();
    this.#file.assertInPlaceOfLate(this.#clock.monotonicNow());
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new StoreClosedError(this.#path);
  }
}

function itself<T>(value: T): T {
  return value;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
