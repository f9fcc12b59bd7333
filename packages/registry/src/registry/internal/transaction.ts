import { TimeoutError, type AbortableOptions, type Clock } from '@ecsm/api-types';
import { isRevisionMismatchError } from '../../errors/revision-mismatch-error.js';
import type { Store, StoreCheck, StoreEntry, StoreKey, StoreValue, StoreWrite } from '../../store/store.js';
import type { RawObject } from './raw-object.js';

/** How many dependents one commit takes along with their owner; the rest is left to the sweep. */
export const dependentsPerCommit = 100;

/** How long a write is tried again while others keep changing what it read; as long as a store waits for its lock. */
const retryForMs = 5_000;

/**
 * What one write has read and wants to change. Every read is pinned: the commit fails if any of it has changed since.
 *
 * Reads see the writes staged before, so that the objects of one commit can refer to each other.
 */
export class Transaction {
  readonly #store: Store;
  readonly #signal: AbortSignal | undefined;
  readonly #read = new Map<string, StoreEntry | undefined>();
  readonly #checks: StoreCheck[] = [];
  readonly #writes = new Map<string, StoreWrite>();
  readonly #staged = new Map<string, RawObject>();
  #dependentsLeft = dependentsPerCommit;
  /** uids of the objects whose deletion is being worked out: they wait for nobody, and nobody's deletion starts twice. */
  readonly deleting = new Set<string>();

  constructor(store: Store, signal?: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
  }

  /** The entry as this transaction leaves it. */
  async get(key: StoreKey): Promise<StoreEntry | undefined> {
    const id = idOf(key);
    const write = this.#writes.get(id);
    if (write !== undefined) {
      return write.type === 'put' ? { ...write, revision: this.#read.get(id)?.revision ?? 0 } : undefined;
    }
    if (this.#read.has(id)) return this.#read.get(id);
    const entry = await this.#store.get(key, this.#signal === undefined ? undefined : { signal: this.#signal });
    this.pin(key, entry);
    return entry;
  }

  /** Takes over an entry read elsewhere, in a list for instance, and pins it. */
  pin(key: StoreKey, entry: StoreEntry | undefined): void {
    const id = idOf(key);
    if (this.#read.has(id)) return;
    this.#read.set(id, entry);
    this.#checks.push({ key, revision: entry?.revision ?? 0 });
  }

  /** Entries that name `uid` as their owner, without those this transaction removes. */
  async listOwned(uid: string, limit: number): Promise<readonly StoreEntry[]> {
    const entries = await this.#store.listOwned(uid, {
      limit,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    });
    for (const entry of entries) this.pin(entry.key, entry);
    const current = await Promise.all(entries.map((entry) => this.get(entry.key)));
    return current.filter((entry) => entry !== undefined && entry.owners.includes(uid)) as StoreEntry[];
  }

  /** Stages an object, which gets its resourceVersion when it is committed. Its key must have been read. */
  put(key: StoreKey, value: StoreValue, object?: RawObject): void {
    const id = idOf(key);
    this.#writes.set(id, { type: 'put', key, ...value });
    if (object !== undefined) this.#staged.set(id, object);
  }

  /** Stages a removal; `object` is its last state, which gets the resourceVersion of the deletion. */
  remove(key: StoreKey, value?: string, object?: RawObject): void {
    const id = idOf(key);
    if (this.#read.get(id) === undefined) this.#writes.delete(id);
    else this.#writes.set(id, { type: 'delete', key, ...(value === undefined ? {} : { value }) });
    if (object !== undefined) this.#staged.set(id, object);
  }

  /** Counts a dependent that goes along with its owner; `false` when this commit has taken enough. */
  takeDependent(): boolean {
    return this.#dependentsLeft-- > 0;
  }

  /** Whether there is anything to commit. */
  get changed(): boolean {
    return this.#writes.size > 0;
  }

  async commit(): Promise<void> {
    const revision = await this.#store.commit(
      { checks: this.#checks, writes: [...this.#writes.values()] },
      this.#signal === undefined ? undefined : { signal: this.#signal },
    );
    for (const object of this.#staged.values()) object.metadata.resourceVersion = String(revision);
  }
}

/** Names a key for maps; no part can hold the separator, or it is refused before it gets here. */
function idOf(key: StoreKey): string {
  return `${key.kind}\0${key.namespace}\0${key.name}`;
}

/** Options of {@link transact}. */
export interface TransactOptions extends AbortableOptions {
  readonly dryRun?: boolean;
}

/**
 * Runs a write until nothing it read has changed under it, then commits. Failures of `attempt` itself end it.
 *
 * @throws TimeoutError when others kept changing what it read for 5 s
 */
export async function transact<Result>(
  store: Store,
  clock: Clock,
  options: TransactOptions,
  attempt: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const deadline = clock.monotonicNow() + retryForMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const transaction = new Transaction(store, options.signal);
    const result = await attempt(transaction);
    if (options.dryRun === true || !transaction.changed) return result;
    try {
      await transaction.commit();
      return result;
    } catch (error) {
      if (!isRevisionMismatchError(error)) throw error;
      if (clock.monotonicNow() >= deadline) {
        throw new TimeoutError({
          message: `the write was redone for ${retryForMs} ms because others kept changing the same objects; nothing was written, try again later`,
          details: error.details,
          cause: error,
        });
      }
    }
  }
}
