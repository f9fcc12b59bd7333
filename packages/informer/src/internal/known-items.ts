import { showBriefly } from '@ecsm/api-types';

import type { PolledEvent } from '../polled-event.js';
import type { PolledSource } from '../polled-source.js';
import { shortFingerprint } from './short-fingerprint.js';

interface ItemEntry {
  fingerprint: string;
  /** Polls in a row that did not show the item. */
  misses: number;
  /** The poll that showed the item last. */
  round: number;
}

/** The items a polled informer knows, and the events that follow from what it sees. */
export class KnownItems<I> {
  readonly #source: PolledSource<I>;
  readonly #missesUntilDeleted: number;
  readonly #emit: (event: PolledEvent<I>) => void;
  readonly #entries = new Map<string, ItemEntry>();
  #round = 0;

  constructor(source: PolledSource<I>, missesUntilDeleted: number, emit: (event: PolledEvent<I>) => void) {
    this.#source = source;
    this.#missesUntilDeleted = missesUntilDeleted;
    this.#emit = emit;
  }

  get size(): number {
    return this.#entries.size;
  }

  fingerprintOf(key: string): string | undefined {
    return this.#entries.get(key)?.fingerprint;
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  *asEvents(type: 'added' | 'sync'): Generator<PolledEvent<I>> {
    for (const [key, { fingerprint }] of this.#entries) {
      yield type === 'sync' ? { type, key, fingerprint } : { type, key, fingerprint, initial: true };
    }
  }

  beginPoll(): void {
    this.#round++;
  }

  /** Takes in one item of a list; returns whether it is new or changed. */
  see(item: I, initial: boolean): boolean {
    const key = textOf('keyOf', this.#source.keyOf(item), item);
    const fingerprint = shortFingerprint(textOf('fingerprintOf', this.#source.fingerprintOf(item), item));
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { fingerprint, misses: 0, round: this.#round });
      this.#emit({ type: 'added', key, fingerprint, item, initial });
      return true;
    }
    // Listed twice, because it moved from page to page meanwhile: the next poll sees it as it is then.
    if (entry.round === this.#round) return false;
    entry.round = this.#round;
    entry.misses = 0;
    if (entry.fingerprint === fingerprint) return false;
    const previousFingerprint = entry.fingerprint;
    entry.fingerprint = fingerprint;
    this.#emit({ type: 'modified', key, fingerprint, previousFingerprint, item });
    return true;
  }

  /** The keys to be looked at when the whole list has been seen. */
  entries(): Iterable<[string, ItemEntry]> {
    return this.#entries;
  }

  /** Counts a miss of a key that the whole list did not show; returns whether it was missing. */
  miss(key: string, entry: ItemEntry): boolean {
    if (entry.round === this.#round) return false;
    if (++entry.misses >= this.#missesUntilDeleted) {
      this.#entries.delete(key);
      this.#emit({ type: 'deleted', key, fingerprint: entry.fingerprint });
    }
    return true;
  }
}

/** Checks what the types promise: the source may be plain JavaScript, and its items somebody else's. */
function textOf(part: 'keyOf' | 'fingerprintOf', text: unknown, item: unknown): string {
  if (typeof text === 'string') return text;
  throw new TypeError(`${part} must return a text, got ${showBriefly(text)} for ${showBriefly(item)}`);
}
