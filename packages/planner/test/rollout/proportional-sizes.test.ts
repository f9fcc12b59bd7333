import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { keepAvailable, proportionalSizes } from '../../src/index.js';

// What a Deployment answers when its replicas change in the middle of a rollout: facts of Kubernetes, which ours must share.
describe('the shares of a changed size', () => {
  it.each([
    // sizes, oldest first and the newest last; instances allowed before and from now on → next sizes
    [[3, 2], 5, 10, [6, 4]],
    [[3, 2], 5, 3, [2, 1]],
    [[1, 8], 9, 4, [0, 4]],
    [[2, 3, 2], 7, 10, [3, 4, 3]],
    [[3, 8, 2], 13, 8, [2, 5, 1]],
    [[1, 1, 1], 3, 4, [1, 1, 2]],
    [[1, 1, 1], 3, 2, [0, 1, 1]],
    [[2, 2], 4, 5, [2, 3]],
    [[2, 2], 4, 3, [1, 2]],
    [[6, 6], 12, 22, [11, 11]],
    [[8, 5], 13, 56, [34, 22]],
    [[3, 7], 10, 25, [7, 18]],
    [[10], 10, 12, [12]],
    [[10], 10, 5, [5]],
    [[5, 5], 10, 10, [5, 5]],
    [[0, 5], 5, 10, [0, 10]],
    [[1, 1], 2, 0, [0, 0]],
    [[4, 8], 12, 32, [11, 21]],
    // In the middle of a step: fewer exist than are allowed.
    [[8, 2], 12, 24, [20, 4]],
    // As many as are allowed exist already: nothing is to be shared out.
    [[1, 2], 2, 3, [1, 2]],
  ])('of %j, when %i were allowed and %i are, are %j', (sizes, allowedBefore, allowed, next) => {
    expect(proportionalSizes({ sizes, allowed, allowedBefore })).toEqual(next);
  });

  it('always come to what is allowed, and never below nothing', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 60 }), (before, allowed) => {
        const total = before.reduce((sum, size) => sum + size, 0);
        const next = proportionalSizes({ sizes: before, allowed, allowedBefore: Math.max(1, total) });
        expect(Math.min(...next)).toBeGreaterThanOrEqual(0);
        if (total > 0) expect(next.reduce((sum, size) => sum + size, 0)).toBe(allowed);
      }),
    );
  });
});

describe('keepAvailable', () => {
  it.each([
    // [size, available] of each, sizes meant, fewest available → sizes that keep them
    [
      [
        [5, 5],
        [6, 0],
      ],
      [3, 3],
      4,
      [4, 3],
    ],
    [
      [
        [5, 5],
        [6, 6],
      ],
      [3, 3],
      4,
      [3, 3],
    ],
    [
      [
        [5, 5],
        [6, 6],
      ],
      [0, 3],
      4,
      [0, 4],
    ],
    [
      [
        [5, 2],
        [1, 1],
      ],
      [3, 0],
      3,
      [3, 1],
    ],
    [
      [
        [3, 0],
        [3, 0],
      ],
      [0, 0],
      2,
      [0, 0],
    ],
  ] as const)('of %j meant to be %j with at least %i available makes %j', (sets, meant, least, kept) => {
    expect(
      keepAvailable(
        meant,
        sets.map(([size, available]) => ({ size, available })),
        least,
      ),
    ).toEqual(kept);
  });
});
