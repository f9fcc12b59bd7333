import { TimeoutError, type AbortableOptions, type Clock } from '@ecsm/api-types';
import { isRevisionMismatchError } from '../../errors/revision-mismatch-error.js';
import type {
  Store,
  StoreCheck,
  StoreEntry,
  StoreFound,
  StoreKey,
  StoreMemory,
  StoreValue,
  StoreWrite,
} from '../../store/store.js';
import type { RawObject } from './raw-object.js';

/** How many dependents one commit takes along with their owner; the rest is left to the sweep. */
export const dependentsPerCommit = 100;

/** How long a write is tried again while others keep changing what it read; as long as a store waits for its lock. */
const retryForMs = 5_000;

/** What a transaction knows of one key. */
interface Slot {
  readonly key: StoreKey;
  /** What was read, if anything was: the commit fails if that has changed since. */
  pinned: StoreCheck | undefined;
  /** The entry as the transaction leaves it. */
  entry: StoreFound | undefined;
  /** What the store remembers of the entry that was read. */
  memory: StoreMemory | undefined;
  write: StoreWrite | undefined;
  /** The object that is staged, which gets its resourceVersion when it is committed. */
  object: RawObject | undefined;
}

/** Entries that are to be written are read with what lies beside them, which may have to change with them. */
const withApplied = { applied: true };

/**
 * What one write has read and wants to change. Every read is pinned: the commit fails if any of it has changed since.
 *
 * Reads see the writes staged before, so that the objects of one commit can refer to each other.
 */
export class Transaction {
  readonly #store: Store;
  readonly #signal: AbortableOptions;
  readonly #slots = new Map<string, Slot>();
  /** The same by the key objects that were used, which spares making a text of them again. */
  readonly #slotsOfKeys = new Map<StoreKey, Slot>();
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
  async load(keys: readonly StoreKey[]): Promise<void> {
    const slots = keys.map((key) => this.#slotOf(key));
    const entries = await this.#store.getMany(keys, { ...this.#signal, ...withApplied });
    slots.forEach((slot, index) => {
      pin(slot, entries[index], true);
    });
  }

  /** The entry as this transaction leaves it. */
  async get(key: StoreKey): Promise<StoreFound | undefined> {
    const slot = this.#slotOf(key);
    if (!hasRead(slot)) pin(slot, await this.#store.get(key, { ...this.#signal, ...withApplied }), true);
    return slot.entry;
  }

  /** Entries that name `uid` as their owner, without those this transaction removes. */
  async listOwned(uid: string, limit: number): Promise<readonly StoreEntry[]> {
    const entries = await this.#store.listOwned(uid, { limit, ...this.#signal });
    for (const entry of entries) pin(this.#slotOf(entry.key), entry, false);
    const current = await Promise.all(entries.map((entry) => this.get(entry.key)));
    return current.filter((entry) => entry !== undefined && entry.owners.includes(uid)) as StoreEntry[];
  }

  /** The text beside an entry that was read, as this transaction leaves it. */
  appliedTo(key: StoreKey): string | undefined {
    return this.#slotOf(key).entry?.applied;
  }

  /** Stages an object, which gets its resourceVersion when it is committed. Its key must have been read. */
  put(key: StoreKey, value: StoreValue & { readonly applied?: string }, object?: RawObject): void {
    const slot = this.#slotOf(key);
    const { write: before, entry, memory } = slot;
    const applied = value.applied ?? (before === undefined || before.type === 'delete' ? undefined : before.applied);
    const write: StoreWrite = {
      type: 'put',
      key: slot.key,
      ...value,
      ...(applied === undefined ? {} : { applied }),
      ...(memory === undefined ? {} : { memory }),
    };
    this.#stage(slot, write, object);
    const beside = applied ?? entry?.applied;
    const revision = entry?.revision ?? 0;
    slot.entry = { key: slot.key, revision, ...value, ...(beside === undefined ? {} : { applied: beside }) };
  }

  /** Stages a text to be kept beside an entry, whose key must have been read, or is new. */
  apply(key: StoreKey, applied: string): void {
    const slot = this.#slotOf(key);
    const { write, entry } = slot;
    this.#stage(slot, write?.type === 'put' ? { ...write, applied } : { type: 'apply', key: slot.key, applied });
    if (entry !== undefined) slot.entry = { ...entry, applied };
  }

  /** Stages a removal; `object` is its last state, which gets the resourceVersion of the deletion. */
  remove(key: StoreKey, value?: string, object?: RawObject): void {
    const slot = this.#slotOf(key);
    const write = { type: 'delete' as const, key: slot.key, ...(value === undefined ? {} : { value }) };
    const isStored = slot.pinned !== undefined && slot.pinned.revision > 0;
    this.#stage(slot, isStored ? write : undefined, object);
    slot.entry = undefined;
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
    const known = this.#slotsOfKeys.get(key);
    if (known !== undefined) return known;
    // No part can hold the separator, or it is refused before it gets here.
    const id = `${key.kind}\0${key.namespace}\0${key.name}`;
    let slot = this.#slots.get(id);
    if (slot === undefined) {
      slot = { key, pinned: undefined, entry: undefined, memory: undefined, write: undefined, object: undefined };
      this.#slots.set(id, slot);
    }
    this.#slotsOfKeys.set(key, slot);
    return slot;
  }

  #stage(slot: Slot, write: StoreWrite | undefined, object?: RawObject): void {
    slot.write = write;
    if (object !== undefined) slot.object = object;
    if (write === undefined) this.#written.delete(slot);
    else this.#written.add(slot);
  }
}

/** Whether an entry was read with what lies beside it, or is not there. */
function hasRead({ pinned }: Slot): boolean {
  return pinned !== undefined && (pinned.revision === 0 || pinned.appliedRevision !== undefined);
}

function pin(slot: Slot, entry: StoreFound | undefined, isWithApplied: boolean): void {
  // What is staged already is what counts.
  if (hasRead(slot) || slot.write !== undefined) return;
  slot.entry = entry;
  slot.memory = entry?.memory;
  // What is read again counts as what was read first: if it is not, the commit fails.
  const revision = slot.pinned?.revision ?? entry?.revision ?? 0;
  slot.pinned =
    isWithApplied && entry !== undefined
      ? { key: slot.key, revision, appliedRevision: entry.appliedRevision ?? 0 }
      : { key: slot.key, revision };
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
