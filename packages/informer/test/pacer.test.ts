import { ManualClock } from '@ecsm/api-types/testing';
import { describe, expect, it } from 'vitest';

import { Pacer } from '../src/internal/pacer.js';

/** Works so many steps of so many milliseconds, and tells the longest time without a pause and the looks at the clock. */
async function work(stepsMs: readonly number[]): Promise<{ readonly longestMs: number; readonly looks: number }> {
  let now = 0;
  let looks = 0;
  class WorkClock extends ManualClock {
    override monotonicNow(): number {
      looks++;
      return now;
    }
  }
  const pacer = new Pacer(new WorkClock(), 2);
  let pausedAt = 0;
  let longestMs = 0;
  for (const stepMs of stepsMs) {
    now += stepMs;
    longestMs = Math.max(longestMs, now - pausedAt);
    if (!pacer.step()) continue;
    await pacer.breathe();
    pausedAt = now;
  }
  return { longestMs, looks };
}

describe('a pacer', () => {
  it.each([0.001, 0.01, 0.1, 0.5, 1.9, 5])('pauses in time when every step takes %d ms', async (stepMs) => {
    const { longestMs } = await work(Array.from({ length: 2000 }, () => stepMs));
    expect(longestMs).toBeLessThan(Math.max(4, stepMs + 0.1));
  });

  it('looks at the clock seldom while steps are fast', async () => {
    const { looks } = await work(Array.from({ length: 1600 }, () => 0.001));
    expect(looks).toBeLessThan(120);
  });

  it('looks after every step again as soon as steps have become slow', async () => {
    const fast = Array.from({ length: 100 }, () => 0.001);
    const { longestMs } = await work([...fast, ...Array.from({ length: 100 }, () => 1)]);
    // At most the steps up to the next look, once.
    expect(longestMs).toBeLessThan(20);
    const { longestMs: later } = await work([...Array.from({ length: 100 }, () => 1)]);
    expect(later).toBeLessThan(4);
  });
});
