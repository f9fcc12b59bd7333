import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';

import {
  checkOptions,
  messageOf,
  must,
  required,
  sharedAbortController,
  sleep,
  systemClock,
  type Clock,
  type OptionRules,
  type ResourceClients,
} from '@ecsm/api-types';
import Database from 'better-sqlite3';

import { LeaseLostError } from '../errors/lease-lost-error.js';
import type { AcquireOptions, LeaderLock, Leadership } from './leader-lock.js';
import { mayPass } from './may-pass.js';
import { recordTakeOver } from './record-take-over.js';

/** Options of {@link SqliteLock}. */
export interface SqliteLockOptions {
  /** Path of the lock database, by custom the registry's with `.lock` added. It is made if need be, and stays empty. */
  readonly path: string;
  /** Where the Lease that names the leader is kept. */
  readonly clients: ResourceClients;
  /** Name of that Lease. */
  readonly name: string;
  /** @defaultValue `'default'` */
  readonly namespace?: string;
  /**
   * Who asks: different for every process.
   *
   * @defaultValue random
   */
  readonly identity?: string;
  /**
   * Time between attempts while another process leads, in milliseconds.
   *
   * @defaultValue `1_000`
   */
  readonly retryPeriodMs?: number;
  readonly clock?: Clock;
}

const rules: OptionRules<SqliteLockOptions> = {
  // Without a path SQLite makes a database that nobody else can lock.
  path: required(must.beText),
  clients: required(must.beObject),
  name: required(must.beText),
  namespace: must.beText,
  identity: must.beText,
  retryPeriodMs: must.beAbove(0),
  clock: must.beObject,
};

/**
 * Leads by an exclusive transaction on a database of its own, for processes that share one machine.
 *
 * Nothing is written while the lead is held, and it is free at once when its holder ends, however he ends. One that hangs
 * or is stopped keeps the lead: let a watchdog end it. A Lease object is written at each take-over, for people and for the
 * fencing token; it decides nothing. Not for network file systems.
 */
export class SqliteLock implements LeaderLock {
  readonly name: string;
  readonly identity: string;
  readonly #options: SqliteLockOptions;
  readonly #clock: Clock;

  /** @throws TypeError or RangeError when an option is missing or makes no sense */
  constructor(options: SqliteLockOptions) {
    checkOptions('an SQLite lock', options, rules);
    this.name = options.name;
    this.identity = options.identity ?? randomUUID();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async acquire({ signal }: AcquireOptions = {}): Promise<Leadership> {
    const { path, retryPeriodMs = 1_000, clients, name, namespace = 'default' } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      const held = tryLock(path);
      if (held !== undefined) {
        try {
          const key = { namespace, name };
          const fencingToken = await recordTakeOver({
            clients,
            key,
            identity: this.identity,
            clock: this.#clock,
            signal,
          });
          return new SqliteLeadership(held, this.identity, fencingToken);
        } catch (error) {
          held.close();
          // A registry that cannot be written now is tried again, and meanwhile another process may lead.
          if (signal?.aborted || !mayPass(error)) throw error;
        }
      }
      await sleep(this.#clock, retryPeriodMs, { signal });
    }
  }
}

/** A database file that this process has locked. */
interface HeldFile {
  readonly path: string;
  /** Device and inode: the lock is on the file, not on its name. */
  readonly file: string;
  close(): void;
}

/** Locks the file for as long as the connection is open; `undefined` when another connection has it. */
function tryLock(path: string): HeldFile | undefined {
  const database = openLock(path);
  try {
    // In this mode an exclusive transaction keeps readers out, too, and leaves no second file behind.
    database.pragma('journal_mode = DELETE');
    database.exec('BEGIN EXCLUSIVE');
    return { path, file: fileOf(path) ?? '', close: () => database.close() };
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw new Error(`the lock database "${path}" cannot be locked: ${messageOf(error)}`, { cause: error });
  }
}

function openLock(path: string): Database.Database {
  try {
    // No waiting in SQLite itself: that would block the event loop.
    return new Database(path, { timeout: 0 });
  } catch (error) {
    throw new Error(`the lock database "${path}" cannot be opened: ${messageOf(error)}`, { cause: error });
  }
}

function fileOf(path: string): string | undefined {
  // Whole numbers: on overlays, inodes next to each other differ in bits that a double does not hold.
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

class SqliteLeadership implements Leadership {
  readonly fencingToken: number;
  readonly #held: HeldFile;
  readonly #identity: string;
  readonly #lost = sharedAbortController();
  #released = false;

  constructor(held: HeldFile, identity: string, fencingToken: number) {
    this.#held = held;
    this.#identity = identity;
    this.fencingToken = fencingToken;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  assertHeld(): void {
    this.#lost.signal.throwIfAborted();
    if (this.#released) throw this.#error('the lock was released');
    // A lock on a file that was replaced keeps nobody out.
    if (fileOf(this.#held.path) === this.#held.file) return;
    this.#lost.abort(this.#error(`the lock database "${this.#held.path}" was removed or replaced`));
    this.#lost.signal.throwIfAborted();
  }

  release(): Promise<void> {
    if (!this.#released) this.#held.close();
    this.#released = true;
    return Promise.resolve();
  }

  #error(why: string): LeaseLostError {
    return new LeaseLostError(`"${this.#identity}" no longer leads: ${why}`, { identity: this.#identity });
  }
}
