import { TimeoutError, type AbortableOptions, type Clock } from '@ecsm/api-types';
import { isRevisionMismatchError } from '../../errors/revision-mismatch-error.js';
import type {
  Store,
  StoreCheck,
  StoreEntry,
  StoreFound,
  StoreGetOptions,
  StoreKey,
  StoreValue,
  StoreWrite,
} from '../../store/store.js';
import type { RawObject } from './raw-object.js';

/** How many dependents one commit takes along with their owner; the rest is left to the sweep. */
export const dependentsPerCommit = 100;

/** How long a write is tried again while others keep changing what it read; as long as a store waits for its lock. */
const retryForMs = 5_000;

/** What is read of an entry. */
export type TransactionGetOptions = Pick<StoreGetOptions, 'applied'>;

/** What a transaction knows of one key. */
interface Slot {
  readonly key: StoreKey;
  /** What was read, if anything was: the commit fails if that has changed since. */
  pinned: StoreCheck | undefined;
  entry: StoreFound | undefined;
  write: StoreWrite | undefined;
  /** The object that is staged, which gets its resourceVersion when it is committed. */
  object: RawObject | undefined;
}

/**
 * What one write has read and wants to change. Every read is pinned: the commit fails if any of it has changed since.
 *
 * Reads see the writes staged before, so that the objects of one commit can refer to each other.
 */
export class Transaction {
  readonly #store: Store;
  readonly #signal: AbortableOptions;
  readonly #slots = new Map<string, Slot>();
  /** Those that are to be written, in the order in which that was decided first. */
  readonly #written = new Set<Slot>();
  #dependentsLeft = dependentsPerCommit;
  /** uids of the objects whose deletion is being worked out: they wait for nobody, and nobody's deletion starts twice. */
  readonly deleting = new Set<string>();

  constructor(store: Store, signal?: AbortSignal) {
    this.#store = store;
    this.#signal = signal === undefined ? {} : { signal };
  }

  /** Reads several entries at once, which is faster than one by one. */
  async load(keys: readonly StoreKey[], options: TransactionGetOptions): Promise<void> {
    const slots = keys.map((key) => this.#slotOf(key));
    const entries = await this.#store.getMany(keys, { ...this.#signal, ...options });
    slots.forEach((slot, index) => {
      pin(slot, entries[index], options);
    });
  }

  /** The entry as this transaction leaves it. */
  async get(key: StoreKey, options: TransactionGetOptions = {}): Promise<StoreFound | undefined> {
    const slot = this.#slotOf(key);
    if (slot.write?.type === 'delete') return undefined;
    if (!hasRead(slot, options)) pin(slot, await this.#store.get(key, { ...this.#signal, ...options }), options);
    return slot.write === undefined ? slot.entry : afterWrite(slot.write, slot.entry);
  }

  /** Entries that name `uid` as their owner, without those this transaction removes. */
  async listOwned(uid: string, limit: number): Promise<readonly StoreEntry[]> {
    const entries = await this.#store.listOwned(uid, { limit, ...this.#signal });
    for (const entry of entries) pin(this.#slotOf(entry.key), entry, {});
    const current = await Promise.all(entries.map((entry) => this.get(entry.key)));
    return current.filter((entry) => entry !== undefined && entry.owners.includes(uid)) as StoreEntry[];
  }

  /** Stages an object, which gets its resourceVersion when it is committed. Its key must have been read. */
  put(key: StoreKey, value: StoreValue, object?: RawObject): void {
    const slot = this.#slotOf(key);
    const before = slot.write;
    const write = { type: 'put' as const, key: slot.key, ...value };
    const applied = before === undefined || before.type === 'delete' ? undefined : before.applied;
    this.#stage(slot, applied === undefined ? write : { ...write, applied }, object);
  }

  /** Stages a text to be kept beside an entry, whose key must have been read with what is there, or is new. */
  apply(key: StoreKey, text: string): void {
    const slot = this.#slotOf(key);
    const { write } = slot;
    this.#stage(
      slot,
      write?.type === 'put' ? { ...write, applied: text } : { type: 'apply', key: slot.key, applied: text },
    );
  }

  /** Stages a removal; `object` is its last state, which gets the resourceVersion of the deletion. */
  remove(key: StoreKey, value?: string, object?: RawObject): void {
    const slot = this.#slotOf(key);
    const write = { type: 'delete' as const, key: slot.key, ...(value === undefined ? {} : { value }) };
    this.#stage(slot, slot.entry === undefined ? undefined : write, object);
  }

  /** Counts a dependent that goes along with its owner; `false` when this commit has taken enough. */
  takeDependent(): boolean {
    return this.#dependentsLeft-- > 0;
  }

  /** Whether there is anything to commit. */
  get changed(): boolean {
    return this.#written.size > 0;
  }

  async commit(): Promise<void> {
    const checks: StoreCheck[] = [];
    for (const { pinned } of this.#slots.values()) if (pinned !== undefined) checks.push(pinned);
    const writes: StoreWrite[] = [];
    for (const { write } of this.#written) if (write !== undefined) writes.push(write);
    const revision = String(await this.#store.commit({ checks, writes }, this.#signal));
    for (const { object } of this.#slots.values()) if (object !== undefined) object.metadata.resourceVersion = revision;
  }

  #slotOf(key: StoreKey): Slot {
    // No part can hold the separator, or it is refused before it gets here.
    const id = `${key.kind}\0${key.namespace}\0${key.name}`;
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = { key, pinned: undefined, entry: undefined, write: undefined, object: undefined };
      this.#slots.set(id, slot);
    }
    return slot;
  }

  #stage(slot: Slot, write: StoreWrite | undefined, object?: RawObject): void {
    slot.write = write;
    if (object !== undefined) slot.object = object;
    if (write === undefined) this.#written.delete(slot);
    else this.#written.add(slot);
  }
}

function hasRead({ pinned, entry }: Slot, options: TransactionGetOptions): boolean {
  if (pinned === undefined) return false;
  return options.applied !== true || entry === undefined || pinned.appliedRevision !== undefined;
}

function pin(slot: Slot, entry: StoreFound | undefined, options: TransactionGetOptions): void {
  if (hasRead(slot, options)) return;
  slot.entry = entry;
  // What is read again counts as what was read first: if it is not, the commit fails.
  const revision = slot.pinned?.revision ?? entry?.revision ?? 0;
  const isBesides = options.applied === true && entry !== undefined;
  slot.pinned = isBesides
    ? { key: slot.key, revision, appliedRevision: entry.appliedRevision ?? 0 }
    : { key: slot.key, revision };
}

function afterWrite(
  write: Exclude<StoreWrite, { readonly type: 'delete' }>,
  found: StoreFound | undefined,
): StoreFound | undefined {
  const entry: StoreEntry | undefined = write.type === 'put' ? { ...write, revision: found?.revision ?? 0 } : found;
  const applied = write.applied ?? found?.applied;
  return entry === undefined || applied === undefined ? entry : { ...entry, applied };
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
