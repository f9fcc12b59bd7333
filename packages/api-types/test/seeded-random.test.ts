import { SeededRandom } from '@ecsm/api-types/testing';
import { describe, expect, it } from 'vitest';

function take<T>(count: number, next: () => T): T[] {
  return Array.from({ length: count }, next);
}

describe('chance from a seed', () => {
  it('is the same for the same seed, today and tomorrow, and another for another', () => {
    const random = new SeededRandom(1);
    expect(take(4, () => random.int(0, 999))).toEqual([627, 2, 527, 981]);
    const same = new SeededRandom(42);
    const other = new SeededRandom(43);
    const first = new SeededRandom(42);
    const drawn = take(20, () => first.next());
    expect(take(20, () => same.next())).toEqual(drawn);
    expect(take(20, () => other.next())).not.toEqual(drawn);
  });

  it('spreads evenly from 0 up to but not including 1', () => {
    const random = new SeededRandom(7);
    const drawn = take(10_000, () => random.next());
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = drawn.filter((number) => Math.floor(number * 10) === tenth).length / drawn.length;
      expect(share).toBeCloseTo(0.1, 1);
    }
  });

  it('draws whole numbers from both ends and all between', () => {
    const random = new SeededRandom(7);
    expect([...new Set(take(200, () => random.int(-1, 2)))].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
    expect(random.int(5, 5)).toBe(5);
  });

  it('says yes as often as it is told to', () => {
    const random = new SeededRandom(7);
    expect(take(1000, () => random.chance(0)).includes(true)).toBe(false);
    expect(take(1000, () => random.chance(1)).includes(false)).toBe(false);
    expect(take(10_000, () => random.chance(0.3)).filter(Boolean).length / 10_000).toBeCloseTo(0.3, 1);
  });

  it('picks every item now and then, and objects to picking from nothing', () => {
    const random = new SeededRandom(7);
    expect(new Set(take(100, () => random.pick(['a', 'b', undefined])))).toEqual(new Set(['a', 'b', undefined]));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
