import { noSlot } from '@ecsm/api-types';

import type { SlotTable } from './slot-table.js';

/**
 * A queue of slots, linked through the table itself: no memory of its own, and any slot is removed in O(1).
 *
 * A slot is in at most one list at a time.
 */
export class SlotList {
  readonly #table: SlotTable<unknown>;
  #tail = noSlot;
  head = noSlot;
  size = 0;

  constructor(table: SlotTable<unknown>) {
    this.#table = table;
  }

  append(slot: number): void {
    const { next, previous } = this.#table;
    next[slot] = noSlot;
    previous[slot] = this.#tail;
    if (this.#tail === noSlot) this.head = slot;
    else next[this.#tail] = slot;
    this.#tail = slot;
    this.size++;
  }

  remove(slot: number): void {
    const { next, previous } = this.#table;
    const after = next[slot] ?? noSlot;
    const before = previous[slot] ?? noSlot;
    if (before === noSlot) this.head = after;
    else next[before] = after;
    if (after === noSlot) this.#tail = before;
    else previous[after] = before;
    this.size--;
  }

  /** The slots from head to tail; the list must not change meanwhile. */
  *[Symbol.iterator](): Generator<number> {
    for (let slot = this.head; slot !== noSlot; slot = this.#table.next[slot] ?? noSlot) yield slot;
  }
}
