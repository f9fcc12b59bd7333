import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  watch,
  writeSync,
  type FSWatcher,
} from 'node:fs';
import type { Clock } from '@ecsm/api-types';

/** Digits of the newest revision and a line feed: of one length, so that a ring overwrites and never truncates. */
const digits = 16;
const ring = /^[0-9]{16}\n$/;

/**
 * How often a writer looks whether its bell was deleted. Not at each ring: after a look at a file, Linux stamps the next
 * change with a time so exact that the database's log gets a new one with each commit as well, and the flush of that has
 * to write the file's metadata too, which doubles it.
 */
const deletionCheckMs = 1_000;

/** Options of {@link Bell}. */
export interface BellOptions {
  /** Whether a missing bell is made. */
  readonly writable: boolean;
  readonly clock: Clock;
}

/** Where the bell of a database file lies. */
export function bellPath(databasePath: string): string {
  return `${databasePath}-bell`;
}

/**
 * A small file beside the database that is written after each commit and holds its revision. Other processes watch it
 * (the database's own log file cannot be relied on for that: its change is seen before the commit is), and a database
 * found behind its bell has lost revisions.
 */
export class Bell {
  readonly #path: string;
  readonly #databasePath: string;
  readonly #writable: boolean;
  readonly #clock: Clock;
  readonly #buffer = Buffer.alloc(digits + 1);
  #file: number | undefined;
  /** What was written last through the open file; -1 while nothing was. */
  #rung = -1;
  #checkAt = 0;

  constructor(databasePath: string, options: BellOptions) {
    this.#path = bellPath(databasePath);
    this.#databasePath = databasePath;
    this.#writable = options.writable;
    this.#clock = options.clock;
  }

  /** The revision the bell holds; `undefined` where there is none or it cannot be read. */
  read(): number | undefined {
    try {
      this.#file ??= openSync(this.#path, constants.O_RDONLY);
      return this.#readRing();
    } catch {
      return undefined;
    } finally {
      this.close();
    }
  }

  /**
   * Writes a revision, unless the bell holds a later one: then that is written again, because the writing is what
   * watchers notice. Failing does no harm that the slow poll of watchers does not make up for, so it is not reported.
   *
   * @param before - the newest revision when the commit began: where it is the one rung here last, nobody else has rung
   * since, and the bell need not be read
   */
  ring(revision: number, before?: number): void {
    try {
      if (this.#isDeleted()) this.close();
      this.#file ??= this.#open();
      const newest = before === this.#rung ? revision : Math.max(this.#readRing() ?? 0, revision);
      this.#buffer.write(`${String(newest).padStart(digits, '0')}\n`, 'latin1');
      writeSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
      this.#rung = newest;
    } catch {
      this.close();
    }
  }

  /** Calls back when somebody rings. Ends with the watcher's `close`; `undefined` where watching is impossible. */
  listen(onRing: () => void, onLost: () => void): FSWatcher | undefined {
    try {
      if (this.#writable && !existsSync(this.#path)) this.ring(0);
      const watcher = watch(this.#path, (event) => {
        if (event === 'rename') onLost();
        else onRing();
      });
      watcher.on('error', onLost);
      return watcher;
    } catch {
      return undefined;
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    this.#rung = -1;
    closeSync(file);
  }

  /** A bell that was deleted is heard by nobody: a new one is made in its place. */
  #isDeleted(): boolean {
    const now = this.#clock.monotonicNow();
    if (this.#file === undefined || now < this.#checkAt) return false;
    this.#checkAt = now + deletionCheckMs;
    return fstatSync(this.#file).nlink === 0;
  }

  /** Whoever may write the database may ring: a bell that is made gets the database's group and permissions. */
  #open(): number {
    if (existsSync(this.#path)) return openSync(this.#path, constants.O_RDWR);
    const { mode, uid, gid } = statSync(this.#databasePath);
    const file = openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600);
    const own = fstatSync(file);
    if (own.gid !== gid || own.uid !== uid) fchownSync(file, own.uid, gid);
    fchmodSync(file, mode & 0o777);
    return file;
  }

  #readRing(): number | undefined {
    if (this.#file === undefined) return undefined;
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    const text = this.#buffer.toString('latin1', 0, length);
    return ring.test(text) ? Number(text) : undefined;
  }
}
