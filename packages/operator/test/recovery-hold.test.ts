import type { Condition, ECSMServiceStatus } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { RecoveryHold } from '../src/service/recovery-hold.js';

function status(readyReplicas: number, reason = 'RolloutComplete'): ECSMServiceStatus {
  const common = { message: '', lastTransitionTime: '2026-01-01T00:00:00.000Z' };
  const conditions: readonly Condition[] = [
    { ...common, type: 'Available', status: readyReplicas > 0 ? 'True' : 'False', reason: 'X' },
    { ...common, type: 'Progressing', status: 'True', reason },
  ];
  return { observedGeneration: 1, readyReplicas, conditions };
}

const up = status(1);
const down = status(0);

/** A hold that has seen so many falls, a second apart from the rises. */
function after(falls: number): RecoveryHold {
  const hold = new RecoveryHold();
  for (let count = 0; count < falls; count++) {
    hold.holdMs(up, down, count * 1000);
    if (count < falls - 1) hold.holdMs(down, up, count * 1000 + 500);
    hold.holdMs(down, down, count * 1000 + 700);
  }
  return hold;
}

describe('RecoveryHold', () => {
  it.each([
    // falls of late → how long a rise must last before it is told
    [0, 0],
    [3, 0],
    [4, 30_000],
    [5, 60_000],
    [8, 300_000],
    [1000, 300_000],
  ])('after %i falls a rise waits for %i ms', (falls, ms) => {
    expect(after(falls).holdMs(down, up, falls * 1000)).toBe(ms);
  });

  it('waits once for a rise that lasts', () => {
    const hold = after(4);
    expect(hold.holdMs(down, up, 10_000)).toBe(30_000);
    expect(hold.holdMs(down, up, 30_000)).toBe(10_000);
    expect(hold.holdMs(down, up, 40_000)).toBe(0);
  });

  it('counts a fall that nobody was told of, and begins anew', () => {
    const hold = after(4);
    hold.holdMs(down, up, 10_000);
    expect(hold.holdMs(down, down, 20_000)).toBe(0);
    expect(hold.holdMs(down, up, 25_000)).toBe(60_000);
  });

  it('forgets what was long ago', () => {
    expect(after(100).holdMs(down, up, 700_000)).toBe(0);
    const hold = after(100);
    hold.holdMs(up, down, 700_000);
    expect(hold.holdMs(down, up, 701_000)).toBe(0);
  });

  it('never holds what is worse, a rollout, or another generation', () => {
    const hold = after(10);
    expect(hold.holdMs(up, down, 20_000)).toBe(0);
    expect(hold.holdMs(down, status(1, 'RollingOut'), 20_000)).toBe(0);
    expect(hold.holdMs(status(0, 'RollingOut'), up, 20_000)).toBe(0);
    expect(hold.holdMs(down, { ...up, observedGeneration: 2 }, 20_000)).toBe(0);
    expect(hold.holdMs(undefined, up, 20_000)).toBe(0);
  });
});
