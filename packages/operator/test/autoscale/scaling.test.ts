import { describe, expect, it } from 'vitest';

import { runScalingScenario } from './scaling-scenario.js';

describe('autoscaling under a changing load', () => {
  // Days of them: node --conditions=@ecsm/source --import tsx packages/operator/test/autoscale/scaling-command.ts 1 1000 48
  it.each([1, 2, 103, 107])('keeps its rules and comes to rest, seed %i', { timeout: 120_000 }, async (seed) => {
    const { scales } = await runScalingScenario(seed, 1.5);
    expect(scales.length).toBeGreaterThan(0);
  });
});
