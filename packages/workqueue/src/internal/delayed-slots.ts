import type { Clock, Timer } from '@ecsm/api-types';

import { IndexedHeap } from './indexed-heap.js';
import type { SlotTable } from './slot-table.js';

/** The slots that wait until their `readyAt`, with one timer for the earliest of them and none while nothing waits. */
export class DelayedSlots {
  readonly #table: SlotTable<unknown>;
  readonly #clock: Clock;
  readonly #keepAlive: boolean;
  readonly #onDue: (slot: number) => void;
  readonly #heap = new IndexedHeap((slot) => this.#readyAt(slot));
  #timer: Timer | undefined;
  #timerDueAt = Infinity;

  /** @param onDue - called for each slot when its time has come, in order of time */
  constructor(table: SlotTable<unknown>, clock: Clock, keepAlive: boolean, onDue: (slot: number) => void) {
    this.#table = table;
    this.#clock = clock;
    this.#keepAlive = keepAlive;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#heap.size;
  }

  /** The waiting slots, in no order. */
  values(): readonly number[] {
    return this.#heap.values();
  }

  add(slot: number): void {
    this.#heap.add(slot);
    this.#arm();
  }

  /** Moves a waiting slot to an earlier time; a later one is ignored. */
  hasten(slot: number, readyAt: number): void {
    if (readyAt >= this.#readyAt(slot)) return;
    this.#table.readyAt[slot] = readyAt;
    this.#heap.update(slot);
    this.#arm();
  }

  remove(slot: number): void {
    this.#heap.remove(slot);
    if (this.#heap.size === 0) this.#disarm();
  }

  #readyAt(slot: number): number {
    return this.#table.readyAt[slot] ?? 0;
  }

  /** Sets the timer for the earliest slot; one that is set for a slot since removed may fire and only set the next. */
  #arm(): void {
    const readyAt = this.#readyAt(this.#heap.first);
    if (readyAt >= this.#timerDueAt) return;
    this.#timer?.cancel();
    this.#timerDueAt = readyAt;
    this.#timer = this.#clock.setTimer(this.#fire, readyAt - this.#clock.monotonicNow(), {
      keepAlive: this.#keepAlive,
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueAt = Infinity;
  }

  readonly #fire = (): void => {
    this.#disarm();
    const now = this.#clock.monotonicNow();
    for (let slot = this.#heap.first; slot !== -1 && this.#readyAt(slot) <= now; slot = this.#heap.first) {
      this.#heap.remove(slot);
      this.#onDue(slot);
    }
    if (this.#heap.size > 0) this.#arm();
  };
}
