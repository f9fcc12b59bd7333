import { KeyIndex, noSlot } from '@ecsm/api-types';

import type { CompactVersion } from './compact-version.js';

const initialRoom = 32;

/**
 * The known objects: a version and a generation for each key, and nothing more.
 *
 * Each key has a row, called a slot, in flat arrays; a record for each would cost a multiple.
 */
export class VersionVector {
  readonly #index = new KeyIndex();
  readonly #freeSlots: number[] = [];
  /** All slots ever used are below it. */
  #used = 0;
  /** Versions that are numbers; in place of others there is NaN, and themselves in `#texts`. */
  #versions = new Float64Array(initialRoom);
  readonly #texts = new Map<number, string>();
  #generations = new Uint32Array(initialRoom);
  /** The comparison with a list in which each key was last met. */
  #rounds = new Uint32Array(initialRoom);
  #round = 0;
  /** How many keys have been met in this round. */
  #met = 0;

  get size(): number {
    return this.#index.size;
  }

  /** The slot of a key, or `noSlot`. */
  find(key: string): number {
    return this.#index.find(key);
  }

  keyAt(slot: number): string {
    return this.#index.keyAt(slot);
  }

  versionAt(slot: number): CompactVersion {
    const version = this.#versions[slot] ?? NaN;
    return Number.isNaN(version) ? (this.#texts.get(slot) ?? '') : version;
  }

  generationAt(slot: number): number {
    return this.#generations[slot] ?? 0;
  }

  /** Begins a comparison with a list: no key has been met in it. */
  beginRound(): void {
    this.#round++;
    this.#met = 0;
  }

  /** Notes that a key exists; does nothing for `noSlot`. */
  meet(slot: number): void {
    if (slot === noSlot || this.#rounds[slot] === this.#round) return;
    this.#rounds[slot] = this.#round;
    this.#met++;
  }

  isMet(slot: number): boolean {
    return this.#rounds[slot] === this.#round;
  }

  /** Whether no key is left that has not been met in this round. */
  get areAllMet(): boolean {
    return this.#met === this.size;
  }

  setVersion(slot: number, version: CompactVersion): void {
    if (typeof version === 'string') {
      this.#texts.set(slot, version);
      this.#versions[slot] = NaN;
    } else {
      if (this.#texts.size > 0) this.#texts.delete(slot);
      this.#versions[slot] = version;
    }
  }

  setGeneration(slot: number, generation: number): void {
    this.#generations[slot] = generation;
  }

  /** The slot of a key, which is taken in if it is not known yet: then the size has grown. The key exists. */
  findOrAdd(key: string): number {
    const free = this.#freeSlots.at(-1) ?? this.#used;
    const slot = this.#index.findOrAdd(key, free);
    if (slot !== free) {
      this.meet(slot);
      return slot;
    }
    if (free === this.#used) this.#used++;
    else this.#freeSlots.pop();
    if (slot >= this.#versions.length) this.#makeRoom(Math.ceil(1.5 * this.#used));
    this.#rounds[slot] = this.#round;
    this.#met++;
    return slot;
  }

  remove(slot: number): void {
    if (this.isMet(slot)) this.#met--;
    this.#index.remove(slot);
    this.#texts.delete(slot);
    this.#freeSlots.push(slot);
  }

  /** The slots in use; those taken in meanwhile may or may not be among them. */
  *slots(): Generator<number> {
    for (let slot = 0; slot < this.#used; slot++) {
      if (this.#index.has(slot)) yield slot;
    }
  }

  #makeRoom(room: number): void {
    const [versions, generations, rounds] = [this.#versions, this.#generations, this.#rounds];
    this.#versions = new Float64Array(room);
    this.#generations = new Uint32Array(room);
    this.#rounds = new Uint32Array(room);
    this.#versions.set(versions);
    this.#generations.set(generations);
    this.#rounds.set(rounds);
  }
}
