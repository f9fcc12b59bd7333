/** The room for ids at the start, and what an emptied heap may keep. */
const initialRoom = 16;
const keptRoom = 4096;

/**
 * A binary heap of small integer ids, whose members can be found, moved and removed in O(log n).
 *
 * The order lives with the caller: `rankOf` gives the number behind an id, and the lowest comes first; of equals the one
 * added first. After the number behind a member changed, {@link IndexedHeap.update} puts it back in its place.
 */
export class IndexedHeap {
  readonly #rankOf: (id: number) => number;
  readonly #heap: number[] = [];
  /** For each member its index in `#heap`, and its turn among those of equal rank. */
  #places = new Int32Array(initialRoom);
  #turns = new Float64Array(initialRoom);
  #nextTurn = 0;

  constructor(rankOf: (id: number) => number) {
    this.#rankOf = rankOf;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** The id that comes before all others, or -1 when the heap is empty. */
  get first(): number {
    return this.#heap[0] ?? -1;
  }

  /** All ids, in no order. */
  values(): readonly number[] {
    return this.#heap;
  }

  add(id: number): void {
    if (id >= this.#places.length) this.#makeRoom(Math.max(this.#places.length * 2, id + 1));
    this.#turns[id] = this.#nextTurn++;
    this.#heap.push(id);
    this.#up(id, this.#heap.length - 1);
  }

  /** Restores the order after the value behind a member changed. */
  update(id: number): void {
    this.#up(id, this.#placeOf(id));
    this.#down(id, this.#placeOf(id));
  }

  remove(id: number): void {
    const place = this.#placeOf(id);
    const last = this.#heap.pop();
    if (last !== undefined && last !== id) {
      this.#put(last, place);
      this.update(last);
    } else if (this.#heap.length === 0 && this.#places.length > keptRoom) {
      this.#makeRoom(initialRoom);
    }
  }

  #makeRoom(room: number): void {
    const places = new Int32Array(room);
    const turns = new Float64Array(room);
    if (this.#heap.length > 0) {
      places.set(this.#places);
      turns.set(this.#turns);
    }
    this.#places = places;
    this.#turns = turns;
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#rankOf(a) - this.#rankOf(b);
    return difference === 0 ? (this.#turns[a] ?? 0) < (this.#turns[b] ?? 0) : difference < 0;
  }

  #placeOf(id: number): number {
    return this.#places[id] ?? 0;
  }

  #put(id: number, place: number): void {
    this.#heap[place] = id;
    this.#places[id] = place;
  }

  #up(id: number, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above] ?? 0;
      if (!this.#isBefore(id, parent)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(id, place);
  }

  #down(id: number, from: number): void {
    const size = this.#heap.length;
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= size) break;
      let child = this.#heap[below] ?? 0;
      const other = this.#heap[below + 1];
      if (other !== undefined && this.#isBefore(other, child)) {
        child = other;
        below++;
      }
      if (!this.#isBefore(child, id)) break;
      this.#put(child, place);
      place = below;
    }
    this.#put(id, place);
  }
}
