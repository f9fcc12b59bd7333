import type { Database, Statement } from 'better-sqlite3';
import { logPosition, selectNewestRevision } from './schema.js';

/** How much of the change log is kept. */
export interface LogRetentionOptions {
  readonly maxRows: number;
  readonly maxAgeMs: number;
}

/** Rows that stay whatever their age, so that a watcher that was away for a moment goes on without listing. */
const leastRows = 100;

/**
 * Revisions between two looks: a look counts the rows, so there are the fewer the more there are to count, and the log
 * outgrows its bound by a small part only.
 */
const shortestInterval = 64;
const looksPerLog = 32;

/** Most rows and pages that one commit carries away with it, a millisecond or two of work. */
const rowsAtOnce = 1_000;
const pagesAtOnce = 64;

/** Free pages that may stay in the file: new entries need them soon. */
const sparePages = 256;

/** Bounds the change log by count and age. It rides on commits, so that a store at rest does nothing. */
export class LogRetention {
  readonly #database: Database;
  readonly #options: LogRetentionOptions;
  readonly #interval: number;
  /** Whether the last look left rows over: commits of many rows make more of them than one look removes. */
  #behind = false;
  readonly #count: Statement<[], number>;
  readonly #compactRevision: Statement<[], number>;
  readonly #tooOld: Statement<[number, number], number | null>;
  readonly #oldest: Statement<[number], number>;
  readonly #setCompactRevision: Statement<[number]>;
  readonly #drop: Statement<[number]>;

  constructor(database: Database, options: LogRetentionOptions) {
    this.#database = database;
    this.#options = options;
    this.#interval = Math.min(Math.max(shortestInterval, Math.floor(options.maxRows / looksPerLog)), rowsAtOnce);
    this.#count = database.prepare<[], number>('SELECT count(*) FROM log').pluck();
    this.#compactRevision = database
      .prepare<[], number>("SELECT value FROM meta WHERE key = 'compactRevision'")
      .pluck();
    this.#tooOld = database
      .prepare<[number, number], number | null>(
        `SELECT max(revision) FROM (SELECT revision, at FROM log ORDER BY position LIMIT ?) WHERE at < ?`,
      )
      .pluck();
    this.#oldest = database
      .prepare<[number], number>('SELECT max(revision) FROM (SELECT revision FROM log ORDER BY position LIMIT ?)')
      .pluck();
    this.#setCompactRevision = database.prepare("UPDATE meta SET value = max(value, ?) WHERE key = 'compactRevision'");
    // The newest revision stays: it is the counter.
    this.#drop = database.prepare(
      `DELETE FROM log WHERE position < ${logPosition(`min(? + 1, (${selectNewestRevision}))`)}`,
    );
  }

  /** Drops what is too old or too much, every so many revisions; part of the transaction that made revision `newest`. */
  ride(before: number, newest: number, nowMs: number): void {
    if (!this.#behind && Math.floor(before / this.#interval) === Math.floor(newest / this.#interval)) return;
    const count = this.#count.get() ?? 0;
    this.#behind = count - this.#options.maxRows > rowsAtOnce;
    const removable = Math.min(count - leastRows, rowsAtOnce);
    if (removable <= 0) return;
    const surplus = Math.min(count - this.#options.maxRows, removable);
    const upTo = Math.max(
      surplus > 0 ? (this.#oldest.get(surplus) ?? 0) : 0,
      this.#tooOld.get(removable, nowMs - this.#options.maxAgeMs) ?? 0,
    );
    if (upTo === 0 || upTo >= newest) return;
    this.#setCompactRevision.run(upTo);
    this.#drop.run(upTo);
    if (this.#freePages() > sparePages) this.#vacuum();
  }

  /** Forgets changes up to a revision; {@link LogRetention.sweep} then removes them. */
  forget(revision: number): void {
    this.#setCompactRevision.run(revision);
  }

  /** Removes some of what was forgotten and gives free pages back; tells whether there is more to do. */
  sweep(): boolean {
    const oldest = this.#oldest.get(rowsAtOnce) ?? 0;
    const { changes } = this.#drop.run(Math.min(oldest, this.#compactRevision.get() ?? 0));
    if (changes > 0) return true;
    const before = this.#freePages();
    if (before === 0) return false;
    this.#vacuum();
    return this.#freePages() < before;
  }

  #freePages(): number {
    return this.#database.pragma('freelist_count', { simple: true }) as number;
  }

  #vacuum(): void {
    this.#database.pragma(`incremental_vacuum(${pagesAtOnce})`);
  }
}
