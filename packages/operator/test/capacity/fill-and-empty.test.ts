import { describe, expect, it } from 'vitest';

import { fillAndEmpty } from './fill-and-empty.js';

describe('a small cluster that fills and empties', () => {
  // Hundreds of them: node --conditions=@ecsm/source --import tsx packages/operator/test/capacity/fill-command.ts 1 300
  it.each([7, 13])('ends in the order of priorities and at rest, seed %i', { timeout: 120_000 }, async (seed) => {
    const { restedInMs } = await fillAndEmpty(seed);
    expect(restedInMs).toBeLessThan(1_500_000);
  });
});
