import { compactEvents, type MergeableEvent } from './compact-events.js';

/** How an {@link EventQueue} looks at its events. */
export interface EventTraits<E> {
  readonly keyOf: (event: E) => string;
  /** The same news, told as of an object that is new to the reader. */
  readonly asAdded: (event: E) => E;
  readonly isInitial: (event: E) => boolean;
}

/** Above this many waiting events those of one key are merged: a reader that stands still costs no more than the keys. */
const defaultMaxPending = 10_000;

/** The events that wait for one reader, and how many of them belong to the initial state. */
export class EventQueue<E extends MergeableEvent> {
  readonly #traits: EventTraits<E>;
  #events: E[] = [];
  /** Everything before it has been taken. */
  #head = 0;
  #mergeAbove: number;
  readonly #maxPending: number;
  /** How many of the waiting events come before the end of the initial state; -1 until that end is known. */
  #aheadOfSync = -1;

  constructor(traits: EventTraits<E>, maxPending: number = defaultMaxPending) {
    this.#traits = traits;
    this.#maxPending = maxPending;
    this.#mergeAbove = maxPending;
  }

  get size(): number {
    return this.#events.length - this.#head;
  }

  /** Whether the end of the initial state has been taken. */
  get isPastInitial(): boolean {
    return this.#aheadOfSync === 0;
  }

  push(event: E): void {
    this.#events.push(event);
    if (this.size > this.#mergeAbove) this.#merge();
  }

  /** Marks the end of the initial state behind what waits now; only the first mark counts. */
  markInitialEnd(): void {
    if (this.#aheadOfSync === -1) this.#aheadOfSync = this.size;
  }

  take(): E | undefined {
    const event = this.#events[this.#head];
    if (event === undefined) return undefined;
    this.#head++;
    if (this.#aheadOfSync > 0) this.#aheadOfSync--;
    if (this.#head === this.#events.length) {
      this.#events = [];
      this.#head = 0;
      this.#mergeAbove = this.#maxPending;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#events.length) {
      this.#events.splice(0, this.#head);
      this.#head = 0;
    }
    return event;
  }

  /** Takes up to `limit` events of different keys, either all initial or none. */
  takeBatch(limit: number): E[] {
    const batch: E[] = [];
    const keys = new Set<string>();
    for (let next = this.#events[this.#head]; next !== undefined && batch.length < limit;) {
      const key = this.#traits.keyOf(next);
      const first = batch[0];
      if (keys.has(key) || (first !== undefined && this.#traits.isInitial(first) !== this.#traits.isInitial(next)))
        break;
      keys.add(key);
      batch.push(next);
      this.take();
      next = this.#events[this.#head];
    }
    return batch;
  }

  /** The keys that have an event waiting. */
  pendingKeys(): Set<string> {
    return new Set(this.#events.slice(this.#head).map(this.#traits.keyOf));
  }

  #merge(): void {
    const merge = (events: readonly E[]): E[] => compactEvents(events, this.#traits.keyOf, this.#traits.asAdded);
    const border = this.#head + Math.max(0, this.#aheadOfSync);
    // The initial state is merged for itself: it has to be complete when its end is reached.
    const initial = merge(this.#events.slice(this.#head, border));
    this.#events = [...initial, ...merge(this.#events.slice(border))];
    this.#head = 0;
    if (this.#aheadOfSync > 0) this.#aheadOfSync = initial.length;
    // Merging again pays only when about as many new events have come.
    this.#mergeAbove = Math.max(this.#maxPending, 2 * this.#events.length);
  }
}
