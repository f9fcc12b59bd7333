import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nextCurrentSize, nextOldSizes, rollingBounds, rollingStep, type InstanceSet } from '../../src/index.js';

// What a Deployment answers in the same situation: facts of Kubernetes, which ours must share.

describe('rollingBounds', () => {
  it.each([
    // maxSurge, maxUnavailable, desired → surge, unavailable
    [0, 0, 0, 0, 1],
    [1, 0, 1, 1, 0],
    [1, 1, 1, 1, 1],
    ['25%', '25%', 1, 1, 0],
    ['25%', '25%', 2, 1, 0],
    ['25%', '25%', 3, 1, 0],
    ['25%', '25%', 4, 1, 1],
    ['25%', '25%', 5, 2, 1],
    ['25%', '25%', 8, 2, 2],
    ['25%', '25%', 10, 3, 2],
    ['50%', '50%', 5, 3, 2],
    ['100%', '0%', 4, 4, 0],
    ['0%', '25%', 3, 0, 1],
    ['0%', '50%', 1, 0, 1],
    ['1%', '1%', 1, 1, 0],
    ['1%', '99%', 10, 1, 9],
    [0, '10%', 5, 0, 1],
    [0, '20%', 5, 0, 1],
    [0, '40%', 5, 0, 2],
    [10, 10, 3, 10, 10],
  ] as const)(
    'maxSurge %s and maxUnavailable %s of %i are %i and %i',
    (surge, unavailable, desired, wantSurge, wantUnavailable) => {
      expect(rollingBounds(surge, unavailable, desired)).toEqual({ surge: wantSurge, unavailable: wantUnavailable });
    },
  );
});

describe('the size of the newest template', () => {
  it.each([
    // desired, surge, present size, size of the old ones → next size
    [10, 0, 0, 10, 0],
    [10, 2, 0, 10, 2],
    [10, 2, 0, 5, 7],
    [10, 0, 10, 0, 10],
    [10, 0, 0, 5, 5],
    [10, 2, 5, 10, 5],
    [10, 2, 2, 10, 2],
    [10, 2, 10, 2, 10],
    [10, 2, 9, 0, 10],
    [10, 0, 20, 10, 10],
    [1, 1, 0, 1, 1],
    [1, 0, 0, 1, 0],
    [3, 3, 0, 3, 3],
    [5, 2, 4, 3, 4],
    [5, 2, 4, 2, 5],
    [0, 1, 3, 0, 0],
    [6, 1, 0, 8, 0],
    [4, 1, 3, 2, 3],
    [4, 1, 3, 1, 4],
  ])('of %i wanted with surge %i, %i new and %i old become %i new', (desired, surge, size, oldSize, next) => {
    const bounds = { surge, unavailable: 0 };
    expect(nextCurrentSize({ desired, bounds, current: { size, available: size }, oldSize })).toBe(next);
  });
});

describe('the sizes of earlier templates', () => {
  const set = (size: number, available: number): InstanceSet => ({ size, available });

  it.each([
    // desired, maxUnavailable, new size, new available, old [size, available] → next old sizes
    [10, 0, 0, 0, [[10, 10]], [10]],
    [10, 2, 0, 0, [[10, 10]], [8]],
    [10, 2, 0, 0, [[10, 8]], [8]],
    [10, 2, 0, 0, [[10, 9]], [8]],
    [10, 2, 2, 0, [[8, 8]], [8]],
    [10, 2, 2, 2, [[8, 8]], [6]],
    [10, 2, 4, 0, [[8, 8]], [8]],
    [10, 2, 4, 2, [[8, 8]], [6]],
    [10, 0, 4, 0, [[8, 8]], [8]],
    [10, 0, 4, 2, [[10, 10]], [8]],
    [10, 0, 4, 4, [[10, 10]], [6]],
    [10, 2, 10, 0, [[10, 10]], [8]],
    [10, 2, 10, 0, [[10, 5]], [8]],
    [10, 2, 5, 0, [[8, 0]], [8]],
    [10, 2, 5, 5, [[8, 0]], [3]],
    [10, 2, 5, 5, [[5, 5]], [3]],
    [10, 2, 10, 10, [[5, 5]], [0]],
    [
      10,
      2,
      0,
      0,
      [
        [5, 0],
        [5, 5],
      ],
      [3, 5],
    ],
    [
      10,
      2,
      0,
      0,
      [
        [5, 5],
        [5, 5],
      ],
      [3, 5],
    ],
    [
      10,
      2,
      0,
      0,
      [
        [1, 1],
        [9, 9],
      ],
      [0, 8],
    ],
    [
      10,
      4,
      0,
      0,
      [
        [2, 2],
        [8, 8],
      ],
      [0, 6],
    ],
    [1, 0, 1, 0, [[1, 1]], [1]],
    [1, 0, 1, 1, [[1, 1]], [0]],
    [1, 1, 0, 0, [[1, 1]], [0]],
    [3, 0, 1, 0, [[3, 3]], [3]],
    [3, 0, 1, 1, [[3, 3]], [2]],
    [3, 3, 0, 0, [[3, 3]], [0]],
    [4, 1, 2, 2, [[3, 1]], [1]],
    [0, 1, 0, 0, [[3, 3]], [0]],
  ] as const)(
    '%i wanted, %i may miss, %i new of which %i available, old %j become %j',
    (desired, unavailable, size, available, old, next) => {
      const sizes = nextOldSizes({
        desired,
        bounds: { surge: 0, unavailable },
        current: { size, available },
        old: old.map(([each, well]) => set(each, well)),
      });
      expect(sizes).toEqual(next);
    },
  );

  it('spares what cannot be told from the available ones', () => {
    const old = [{ size: 5, available: 3, spare: 0 }];
    expect(
      nextOldSizes({ desired: 5, bounds: { surge: 2, unavailable: 0 }, current: { size: 2, available: 2 }, old }),
    ).toEqual([5]);
    expect(
      nextOldSizes({
        desired: 5,
        bounds: { surge: 2, unavailable: 0 },
        current: { size: 2, available: 2 },
        old: [{ size: 5, available: 3 }],
      }),
    ).toEqual([3]);
  });
});

/** Carries steps out; in each round the template's newest instances become available with the given chance. */
function roll(
  desired: number,
  surge: number,
  unavailable: number,
  ready: readonly boolean[],
  oldSizes: readonly number[],
) {
  const bounds = rollingBounds(surge, unavailable, desired);
  let current = { size: 0, available: 0 };
  let old = oldSizes.map((size) => ({ size, available: size }));
  let leastAvailable = Infinity;
  let most = 0;
  for (const becomesReady of ready) {
    const step = rollingStep({ desired, bounds, current, old });
    current = { size: step.current, available: Math.min(current.available, step.current) };
    old = old.map((set, index) => {
      const size = step.old[index] ?? set.size;
      return { size, available: Math.min(set.available, size) };
    });
    const available = current.available + old.reduce((sum, each) => sum + each.available, 0);
    const size = current.size + old.reduce((sum, each) => sum + each.size, 0);
    leastAvailable = Math.min(leastAvailable, available);
    most = Math.max(most, size);
    if (becomesReady) current = { ...current, available: current.size };
  }
  return { bounds, current, old, leastAvailable, most };
}

describe('a whole rolling update', () => {
  const counts = fc.nat({ max: 20 });

  it('never has too few available nor too many in all, whenever instances become ready', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        counts,
        counts,
        fc.array(fc.boolean(), { maxLength: 60 }),
        (desired, surge, unavailable, ready) => {
          const { bounds, leastAvailable, most } = roll(desired, surge, unavailable, ready, [desired]);
          if (ready.length > 0) {
            expect(leastAvailable).toBeGreaterThanOrEqual(Math.max(0, desired - bounds.unavailable));
            expect(most).toBeLessThanOrEqual(desired + bounds.surge);
          }
        },
      ),
    );
  });

  it('comes to its end when instances become ready', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        counts,
        counts,
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
        (desired, surge, unavailable, extra) => {
          const ready = Array.from({ length: 200 }, () => true);
          const { current, old } = roll(desired, surge, unavailable, ready, [...extra, desired]);
          expect(current).toEqual({ size: desired, available: desired });
          expect(old.every(({ size }) => size === 0)).toBe(true);
        },
      ),
    );
  });

  it('takes no working instance away for a template that never works, beyond what may be missing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), counts, counts, (desired, surge, unavailable) => {
        const { bounds, old } = roll(
          desired,
          surge,
          unavailable,
          Array.from({ length: 100 }, () => false),
          [desired],
        );
        const left = old.reduce((sum, each) => sum + each.available, 0);
        expect(left).toBeGreaterThanOrEqual(Math.max(0, desired - bounds.unavailable));
      }),
    );
  });
});
