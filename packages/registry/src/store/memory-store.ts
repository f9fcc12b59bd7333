import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock, type AbortableOptions, type Clock } from '@ecsm/api-types';
import { RevisionMismatchError } from '../errors/revision-mismatch-error.js';
import { StoreClosedError } from '../errors/store-closed-error.js';
import { behindRevision, isBehind, type LogPage, type LogPosition, type LogRow } from './internal/change-log.js';
import { assertCommit } from './internal/check-commit.js';
import { isAlive } from './internal/is-alive.js';
import { assertCompactable, assertKept } from './internal/kept-revisions.js';
import { compareKeys, isInRange, keyText } from './internal/key-order.js';
import { sameLabels } from './internal/same-labels.js';
import { WakeUps } from './internal/wake-ups.js';
import { WatchCursor } from './internal/watch-cursor.js';
import type {
  Store,
  StoreCommit,
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
  StoreWrite,
} from './store.js';

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /**
   * Decides when entries expire and when watchers report progress.
   *
   * @defaultValue the machine's clock
   */
  readonly clock?: Clock;
  /**
   * How many changes are kept for watchers.
   *
   * @defaultValue `10_000`
   */
  readonly maxLogRows?: number;
}

type Applied = Required<Pick<StoreFound, 'applied' | 'appliedRevision'>>;

/**
 * A {@link Store} in memory: for tests, dry runs and simulations. It keeps every promise of the interface except that
 * nothing outlives the process.
 */
export class MemoryStore implements Store {
  readonly #clock: Clock;
  readonly #maxLogRows: number;
  readonly #entries = new Map<string, StoreEntry>();
  /** The texts kept beside entries, by the same keys. */
  readonly #applied = new Map<string, Applied>();
  /** Oldest first. A row's entry is masked when it is read, once the key has changed again. */
  readonly #log: LogRow[] = [];
  /** Texts of the keys whose entries expire. */
  readonly #expiring = new Set<string>();
  #revision = 1;
  #compactRevision = 0;
  readonly #wakeUps = new WakeUps();

  constructor(options: MemoryStoreOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#maxLogRows = options.maxLogRows ?? 10_000;
  }

  async get(key: StoreKey, options: StoreGetOptions = {}): Promise<StoreFound | undefined> {
    await this.#enter(options);
    return this.#find(key, options);
  }

  async getMany(
    keys: readonly StoreKey[],
    options: StoreGetOptions = {},
  ): Promise<readonly (StoreFound | undefined)[]> {
    await this.#enter(options);
    return keys.map((key) => this.#find(key, options));
  }

  list(range: StoreRange): Promise<StorePage<StoreEntry>>;
  list<Item>(range: StoreRange, pick: (entry: StoreListed) => Item): Promise<StorePage<Item>>;
  async list(range: StoreRange, pick: (entry: StoreEntry) => unknown = (entry) => entry): Promise<StorePage<unknown>> {
    await this.#enter(range);
    const { after, limit = Number.POSITIVE_INFINITY } = range;
    const now = this.#clock.now();
    const found = [...this.#entries.values()].filter(
      (entry) =>
        isInRange(entry.key, range) &&
        isAlive(entry, now) &&
        (after === undefined || compareKeys(entry.key, after) > 0),
    );
    found.sort((a, b) => compareKeys(a.key, b.key));
    return { revision: this.#revision, entries: found.slice(0, limit).map(pick), more: found.length > limit };
  }

  listVersions(range: StoreRange): Promise<StorePage<StoreVersion>>;
  listVersions<Item>(range: StoreRange, pick: (version: StoreVersion) => Item): Promise<StorePage<Item>>;
  listVersions(
    range: StoreRange,
    pick: (version: StoreVersion) => unknown = (version) => version,
  ): Promise<StorePage<unknown>> {
    return this.list(range, ({ key, revision, uid, generation }) => pick({ key, revision, uid, generation }));
  }

  async listOwned(
    uid: string,
    options: AbortableOptions & { readonly limit?: number } = {},
  ): Promise<readonly StoreEntry[]> {
    await this.#enter(options);
    const now = this.#clock.now();
    return [...this.#entries.values()]
      .filter((entry) => entry.owners.includes(uid) && isAlive(entry, now))
      .slice(0, options.limit);
  }

  async revision(options?: AbortableOptions): Promise<number> {
    await this.#enter(options);
    return this.#revision;
  }

  async commit(commit: StoreCommit, options?: AbortableOptions): Promise<number> {
    assertCommit(commit);
    await this.#enter(options);
    for (const check of commit.checks) {
      const actual = this.#living(check.key)?.revision ?? 0;
      if (actual !== check.revision) throw new RevisionMismatchError(check, actual);
      const { appliedRevision = 0 } = this.#applied.get(keyText(check.key)) ?? {};
      if ((check.appliedRevision ?? appliedRevision) !== appliedRevision)
        throw new RevisionMismatchError(check, undefined);
    }
    const writes = commit.writes.filter((write) => write.type === 'put' || this.#living(write.key) !== undefined);
    if (writes.length === 0) return this.#revision;
    const revision = ++this.#revision;
    this.#removeExpired(revision);
    for (const write of writes) this.#write(write, revision);
    if (this.#log.length > this.#maxLogRows)
      this.#dropLog(this.#log[this.#log.length - this.#maxLogRows - 1]?.revision ?? 0);
    this.#wakeUps.wake();
    return revision;
  }

  watch(options: StoreWatchOptions): AsyncIterable<StoreEvent> {
    const source = { log: { read: this.#readLog }, wakeUps: this.#wakeUps, clock: this.#clock };
    return { [Symbol.asyncIterator]: () => new WatchCursor(source, options) };
  }

  async compact(revision: number): Promise<void> {
    await this.#enter();
    assertCompactable(revision, this.#compactRevision, this.#revision);
    this.#dropLog(revision);
  }

  async stats(): Promise<StoreStats> {
    await this.#enter();
    const entries: Record<string, number> = {};
    for (const { key } of this.#entries.values()) entries[key.kind] = (entries[key.kind] ?? 0) + 1;
    return {
      revision: this.#revision,
      compactRevision: this.#compactRevision,
      entries,
      logRows: this.#log.length,
      watchers: this.#wakeUps.watchers,
      watchLag: this.#wakeUps.lag(this.#revision),
      bytes: 0,
    };
  }

  async close(): Promise<void> {
    this.#wakeUps.close();
    return Promise.resolve();
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Every call takes a turn of the event loop, as one to a store on disk or on another machine does. */
  async #enter(options: AbortableOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    await nextTurn();
    options.signal?.throwIfAborted();
    if (this.#wakeUps.closed) throw new StoreClosedError('in memory');
  }

  #living(key: StoreKey): StoreEntry | undefined {
    const entry = this.#entries.get(keyText(key));
    return entry !== undefined && isAlive(entry, this.#clock.now()) ? entry : undefined;
  }

  #find(key: StoreKey, options: StoreGetOptions): StoreFound | undefined {
    const entry = this.#living(key);
    const applied = options.applied === true ? this.#applied.get(keyText(key)) : undefined;
    return entry === undefined || applied === undefined ? entry : { ...entry, ...applied };
  }

  #write(write: StoreWrite, revision: number): void {
    const { key } = write;
    const text = keyText(key);
    if (write.type === 'delete') this.#applied.delete(text);
    else if (write.applied !== undefined)
      this.#applied.set(text, { applied: write.applied, appliedRevision: revision });
    if (write.type === 'apply') return;
    const before = this.#entries.get(text);
    const row = { revision, sequence: this.#log.length, key };
    if (write.type === 'put' && write.expiresAtMs !== undefined) this.#expiring.add(text);
    else this.#expiring.delete(text);
    if (write.type === 'delete') {
      this.#entries.delete(text);
      if (before !== undefined) {
        this.#log.push({ ...row, type: 'delete', entry: { ...before, revision, value: write.value ?? before.value } });
      }
      return;
    }
    const { value, uid, generation, labels, owners, expiresAtMs } = write;
    const entry: StoreEntry = {
      key: { kind: key.kind, namespace: key.namespace, name: key.name },
      revision,
      value,
      uid,
      generation,
      labels: { ...labels },
      owners: [...owners],
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    };
    this.#entries.set(text, entry);
    const previousLabels = before === undefined || sameLabels(before.labels, labels) ? undefined : before.labels;
    this.#log.push({ ...row, type: 'put', entry, created: before === undefined, previousLabels });
  }

  #removeExpired(revision: number): void {
    const now = this.#clock.now();
    for (const text of this.#expiring) {
      const entry = this.#entries.get(text);
      if (entry !== undefined && !isAlive(entry, now)) this.#write({ type: 'delete', key: entry.key }, revision);
    }
  }

  #dropLog(upTo: number): void {
    this.#compactRevision = Math.max(this.#compactRevision, upTo);
    const kept = this.#log.findIndex((row) => row.revision > upTo);
    this.#log.splice(0, kept === -1 ? this.#log.length : kept);
  }

  readonly #readLog = (after: LogPosition): LogPage => {
    assertKept(after, this.#compactRevision, this.#revision);
    // From the end: who reads is seldom far behind.
    const last = this.#log.findLastIndex((row) => !isBehind(row, after));
    const rows = this.#log.slice(last + 1).map((row) => this.#mask(row));
    return { rows, next: behindRevision(this.#revision), caughtUp: true };
  };

  #mask(row: LogRow): LogRow {
    if (row.type === 'delete' || this.#entries.get(keyText(row.key)) === row.entry) return row;
    return { ...row, entry: undefined };
  }
}
