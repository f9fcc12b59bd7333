/**
 * Chance for tests that can be repeated: the same seed always makes the same choices, on every machine.
 *
 * @example
 * ```ts
 * const random = new SeededRandom(42);
 * const name = random.pick(['a', 'b', 'c']);
 * if (random.chance(0.1)) await disturb(name, random.int(1, 10));
 * ```
 */
export class SeededRandom {
  #state: number;

  /** @param seed - a whole number; name it in the message of a test that fails */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number of at least 0 and below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number of at least `from` and at most `to`. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** Yes with this probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /**
   * One of some items, each as likely as the others.
   *
   * @throws RangeError when there is none
   */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('there is nothing to pick from: the list is empty');
    return items[this.int(0, items.length - 1)] as T;
  }
}
