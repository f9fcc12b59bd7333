import { describe, expect, it } from 'vitest';

import { runCalmRollouts } from './calm-rollouts.js';
import { runScenario } from './scenario.js';

describe('convergence', () => {
  // Thousands of them: node --conditions=@ecsm/source --import tsx packages/operator/test/convergence/converge-command.ts 1 1000
  it.each([1, 2, 3, 4, 28, 36, 169, 239])(
    'comes to rest after disturbances, seed %i',
    { timeout: 60_000 },
    async (seed) => {
      const { settledInMs } = await runScenario(seed);
      expect(settledInMs).toBeLessThan(1_500_000);
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    'keeps to its bounds in rollouts with crashes and lost answers, seed %i',
    { timeout: 60_000 },
    async (seed) => {
      await expect(runCalmRollouts(seed)).resolves.toBeUndefined();
    },
  );
});
