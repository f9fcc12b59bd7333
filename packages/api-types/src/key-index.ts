/** Says that a key has no slot. */
export const noSlot = -1;

/** Marks a place whose key was removed: searches go on behind it. */
const left = -2;

const initialRoom = 128;

/**
 * Which slot a key has, and which key a slot: for those who keep what they know of many keys in flat arrays, a row each.
 *
 * Slots are small integers that the caller hands out and takes back. Keys are compared as those of a `Map`. Strings, as
 * nearly all keys are, are found through a hash table of slot numbers: less than half the memory of a `Map` and, since it
 * keeps hashes and places, a fraction of its time to grow and to delete. All others are left to a `Map`.
 */
export class KeyIndex<K = string> {
  #keys: (K | undefined)[] = [];
  /** By slot, of strings only: the hash, and the place where the slot stands. */
  #hashes = new Int32Array(initialRoom);
  #placeBySlot = new Int32Array(initialRoom);
  /**
   * Slots, each at the place its hash names or, where that was taken, soon after it with nothing empty in between. A
   * quarter at least is empty, so that every search comes to an end soon.
   */
  #places = emptyPlaces(initialRoom);
  /** How many places are not empty, those left included. */
  #used = 0;
  #strings = 0;
  readonly #others = new Map<K, number>();

  /** How many keys there are. */
  get size(): number {
    return this.#strings + this.#others.size;
  }

  /** The key of a slot that is in use. */
  keyAt(slot: number): K {
    return this.#keys[slot] as K;
  }

  /** Whether a slot is in use. */
  has(slot: number): boolean {
    return this.#keys[slot] !== undefined;
  }

  /** The slot of a key, or {@link noSlot}. */
  find(key: K): number {
    if (typeof key !== 'string') return this.#others.get(key) ?? noSlot;
    const hash = hashOf(key);
    const last = this.#places.length - 1;
    for (let place = hash & last; ; place = (place + 1) & last) {
      const slot = this.#places[place] ?? noSlot;
      if (slot === noSlot || this.#holds(slot, key, hash)) return slot;
    }
  }

  /** Finds the slot of a key, or gives it the free slot offered. */
  findOrAdd(key: K, free: number): number {
    if (typeof key === 'string') return this.#findOrAddString(key, free);
    const known = this.#others.get(key);
    if (known !== undefined) return known;
    this.#others.set(key, free);
    this.#keys[free] = key;
    return free;
  }

  /** Forgets the key of a slot, which may then be offered again. */
  remove(slot: number): void {
    const key = this.keyAt(slot);
    this.#keys[slot] = undefined;
    if (typeof key === 'string') {
      this.#strings--;
      this.#places[this.#placeBySlot[slot] ?? 0] = left;
    } else {
      this.#others.delete(key);
    }
  }

  /** Gives the memory back when no key is left. */
  reset(): void {
    this.#keys = [];
    this.#hashes = new Int32Array(initialRoom);
    this.#placeBySlot = new Int32Array(initialRoom);
    this.#places = emptyPlaces(initialRoom);
    this.#used = 0;
  }

  #holds(slot: number, key: K, hash: number): boolean {
    return slot !== left && this.#hashes[slot] === hash && this.#keys[slot] === key;
  }

  #findOrAddString(key: K & string, free: number): number {
    const hash = hashOf(key);
    const last = this.#places.length - 1;
    let place = hash & last;
    let firstLeft = -1;
    for (;;) {
      const slot = this.#places[place] ?? noSlot;
      if (slot === noSlot) break;
      if (this.#holds(slot, key, hash)) return slot;
      if (slot === left && firstLeft < 0) firstLeft = place;
      place = (place + 1) & last;
    }
    if (free >= this.#hashes.length) this.#makeRoom(free);
    this.#keys[free] = key;
    this.#hashes[free] = hash;
    this.#put(free, firstLeft < 0 ? place : firstLeft);
    this.#strings++;
    if (firstLeft < 0 && ++this.#used > 0.75 * this.#places.length) this.#spread();
    return free;
  }

  #put(slot: number, place: number): void {
    this.#places[place] = slot;
    this.#placeBySlot[slot] = place;
  }

  /** Makes the places anew: so many that filling them takes a multiple of the steps taken here. */
  #spread(): void {
    let room = initialRoom;
    while (room < 4 * this.#strings || room < this.#keys.length) room *= 2;
    const last = room - 1;
    this.#places = emptyPlaces(room);
    for (let slot = 0; slot < this.#keys.length; slot++) {
      if (typeof this.#keys[slot] !== 'string') continue;
      let place = (this.#hashes[slot] ?? 0) & last;
      while (this.#places[place] !== noSlot) place = (place + 1) & last;
      this.#put(slot, place);
    }
    this.#used = this.#strings;
  }

  #makeRoom(slot: number): void {
    const room = Math.ceil(1.5 * (slot + 1));
    this.#hashes = enlarged(this.#hashes, room);
    this.#placeBySlot = enlarged(this.#placeBySlot, room);
  }
}

function emptyPlaces(room: number): Int32Array<ArrayBuffer> {
  return new Int32Array(room).fill(noSlot);
}

function enlarged(numbers: Int32Array, room: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(room);
  larger.set(numbers);
  return larger;
}

/** FNV-1a over the code units, with its bits mixed once more: places are named by the lowest of them. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
