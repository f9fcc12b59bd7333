import { KeyIndex, noSlot } from '@ecsm/api-types';

/** What a key is to the queue; a running key may also be dirty or delayed. */
export const flag = {
  /** Waits in its priority level to be handed out. */
  ready: 1,
  /** Handed out and not yet done. */
  running: 2,
  /** Asked for while running: becomes ready when it is done. */
  dirty: 4,
  /** Waits for its due time. */
  delayed: 8,
} as const;

const initialCapacity = 64;

/** Above this capacity an emptied table gives its memory back. */
const keptCapacity = 4096;

/**
 * One row for each key the queue knows, as columns in flat arrays.
 *
 * A million keys with a record object each would cost a multiple of the keys themselves; a row costs 45 bytes, index and all.
 */
export class SlotTable<K> {
  readonly #index = new KeyIndex<K>();
  /** Rows given back, linked through `next`. */
  #firstFree = noSlot;
  /** Rows ever used since the last reset; those beyond it are fresh. */
  #used = 0;
  #capacity = initialCapacity;

  /** Bits of {@link flag}. */
  flags = new Uint8Array(initialCapacity);
  /** The highest priority asked for. */
  priority = new Int32Array(initialCapacity);
  /** When the key became ready or dirty, or is to become so if it is delayed; on the monotonic clock. */
  readyAt = new Float64Array(initialCapacity);
  /** Since when the key runs, on the monotonic clock. */
  startedAt = new Float64Array(initialCapacity);
  /** Neighbours in the one {@link SlotList} a slot is in. */
  next = new Int32Array(initialCapacity);
  previous = new Int32Array(initialCapacity);

  get size(): number {
    return this.#index.size;
  }

  find(key: K): number {
    return this.#index.find(key);
  }

  keyAt(slot: number): K {
    return this.#index.keyAt(slot);
  }

  /** The slot of a key; a new one has no flags. */
  findOrAllocate(key: K): number {
    const free = this.#firstFree === noSlot ? this.#used : this.#firstFree;
    const slot = this.#index.findOrAdd(key, free);
    if (slot !== free) return slot;
    if (free === this.#firstFree) this.#firstFree = this.next[free] ?? noSlot;
    else if (++this.#used > this.#capacity) this.#resize(this.#capacity * 2);
    this.flags[slot] = 0;
    return slot;
  }

  /** Forgets a key that is in no list any more. */
  release(slot: number): void {
    this.#index.remove(slot);
    this.next[slot] = this.#firstFree;
    this.#firstFree = slot;
    if (this.#index.size === 0 && this.#capacity > keptCapacity) this.#reset();
  }

  #reset(): void {
    this.#firstFree = noSlot;
    this.#used = 0;
    this.#index.reset();
    this.#resize(initialCapacity);
  }

  #resize(capacity: number): void {
    const kept = Math.min(this.#used, capacity);
    const copy = <A extends Uint8Array | Int32Array | Float64Array>(from: A, to: A): A => {
      to.set(from.subarray(0, kept));
      return to;
    };
    this.#capacity = capacity;
    this.flags = copy(this.flags, new Uint8Array(capacity));
    this.priority = copy(this.priority, new Int32Array(capacity));
    this.readyAt = copy(this.readyAt, new Float64Array(capacity));
    this.startedAt = copy(this.startedAt, new Float64Array(capacity));
    this.next = copy(this.next, new Int32Array(capacity));
    this.previous = copy(this.previous, new Int32Array(capacity));
  }
}
