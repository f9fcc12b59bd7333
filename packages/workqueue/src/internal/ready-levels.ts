import { noSlot } from '@ecsm/api-types';

import { IndexedHeap } from './indexed-heap.js';
import { SlotList } from './slot-list.js';
import type { SlotTable } from './slot-table.js';

interface Level {
  readonly priority: number;
  readonly list: SlotList;
}

/** How many empty levels are kept for reuse before they are thrown away. */
const keptLevels = 64;

/**
 * The keys that are ready, first in first out within each priority level.
 *
 * The highest level comes first. Once a key has waited longer than the ageing window, every second key handed out is
 * the one at the head of a level that waits longest: a steady flow of high priorities cannot starve a low one, and a
 * flood of old low ones takes at most every other turn from the high ones.
 */
export class ReadyLevels {
  readonly #table: SlotTable<unknown>;
  readonly #ageingMs: number;
  readonly #levels: Level[] = [];
  readonly #freeIds: number[] = [];
  readonly #idByPriority = new Map<number, number>();
  /** The non-empty levels, highest priority first. */
  readonly #byPriority = new IndexedHeap((id) => -this.#level(id).priority);
  /** No head became ready before this time. */
  #oldestHead = Infinity;
  #agedWasLast = false;
  size = 0;

  constructor(table: SlotTable<unknown>, ageingMs: number) {
    this.#table = table;
    this.#ageingMs = ageingMs;
  }

  /** Puts a slot at the end of the level of its priority. */
  append(slot: number): void {
    const id = this.#idOf(this.#table.priority[slot] ?? 0);
    const { list } = this.#level(id);
    list.append(slot);
    this.size++;
    if (list.size > 1) return;
    this.#byPriority.add(id);
    this.#noteHead(id);
  }

  /** Takes a slot out of the level of its priority, wherever it stands. */
  remove(slot: number): void {
    this.#removeFrom(this.#idOf(this.#table.priority[slot] ?? 0), slot);
  }

  /** Takes out the slot whose turn it is, or returns {@link noSlot}. */
  take(now: number): number {
    if (this.size === 0) return noSlot;
    let id = this.#byPriority.first;
    if (this.#byPriority.size > 1) {
      const mayTakeAged = !this.#agedWasLast && now - this.#oldestHead > this.#ageingMs;
      const aged = mayTakeAged ? this.#longestWaiting() : id;
      this.#agedWasLast = mayTakeAged && now - this.#headReadyAt(aged) > this.#ageingMs;
      if (this.#agedWasLast) id = aged;
    }
    const slot = this.#level(id).list.head;
    this.#removeFrom(id, slot);
    return slot;
  }

  /** The levels that exist, highest priority first; some may be empty. */
  levels(): { readonly priority: number; readonly list: SlotList }[] {
    return [...this.#idByPriority.values()].map((id) => this.#level(id)).sort((a, b) => b.priority - a.priority);
  }

  #level(id: number): Level {
    return this.#levels[id] as Level;
  }

  #headReadyAt(id: number): number {
    return this.#table.readyAt[this.#level(id).list.head] ?? 0;
  }

  #noteHead(id: number): void {
    this.#oldestHead = Math.min(this.#oldestHead, this.#headReadyAt(id));
  }

  /** The level whose head waits longest. Looked for only when one may have aged, which spares all others the order. */
  #longestWaiting(): number {
    let longest = this.#byPriority.first;
    for (const id of this.#byPriority.values()) {
      if (this.#headReadyAt(id) < this.#headReadyAt(longest)) longest = id;
    }
    this.#oldestHead = this.#headReadyAt(longest);
    return longest;
  }

  #idOf(priority: number): number {
    const known = this.#idByPriority.get(priority);
    if (known !== undefined) return known;
    const id = this.#freeIds.pop() ?? this.#levels.length;
    this.#levels[id] = { priority, list: new SlotList(this.#table) };
    this.#idByPriority.set(priority, id);
    return id;
  }

  #removeFrom(id: number, slot: number): void {
    const { list } = this.#level(id);
    const wasHead = list.head === slot;
    list.remove(slot);
    this.size--;
    if (list.size === 0) this.#retire(id);
    else if (wasHead) this.#noteHead(id);
  }

  #retire(id: number): void {
    this.#byPriority.remove(id);
    if (this.#idByPriority.size <= keptLevels) return;
    this.#idByPriority.delete(this.#level(id).priority);
    this.#freeIds.push(id);
  }
}
