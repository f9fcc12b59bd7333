import { describe, expect, it } from 'vitest';

import { runCalmRollouts } from './calm-rollouts.js';
import { runScenario } from './scenario.js';

describe('convergence', () => {
  // Thousands of them: npm run converge -- --runs 1000 --seed 1
  it.each([
    1, 12, 45, 47, 81, 105, 10_260, 10_296, 10_529, 20_588, 33_021, 50_176, 60_038, 60_085, 60_255, 70_055, 70_182,
    80_126, 120_078, 200_036, 200_080, 300_014, 300_107, 300_439, 400_176, 400_199, 510_100, 520_452, 701_567,
    1_200_422, 1_200_488,
  ])('comes to rest after disturbances, seed %i', { timeout: 60_000 }, async (seed) => {
    const { settledInMs } = await runScenario(seed);
    expect(settledInMs).toBeLessThan(1_500_000);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'keeps to its bounds in rollouts with crashes and lost answers, seed %i',
    { timeout: 60_000 },
    async (seed) => {
      await expect(runCalmRollouts(seed)).resolves.toBeUndefined();
    },
  );
});
