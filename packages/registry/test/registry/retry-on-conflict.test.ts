import { ConflictError } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { retryOnConflict } from '@ecsm/registry';
import { describe, expect, it } from 'vitest';
import { failureOf } from './helpers/failure-of.js';

describe('retryOnConflict', () => {
  const conflict = new ConflictError({ message: 'changed' });

  it('waits longer each time, and hands on the last conflict', async () => {
    const clock = new ManualClock();
    const calls: number[] = [];
    const running = failureOf(
      retryOnConflict(
        () => {
          calls.push(clock.monotonicNow());
          return Promise.reject(conflict);
        },
        { attempts: 4, delayMs: 100, clock },
      ),
    );
    for (let step = 0; step < 70; step++) await clock.advance(10);
    expect(await running).toBe(conflict);
    const waits = calls.slice(1).map((at, index) => at - (calls[index] ?? 0));
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(50 * 2 ** index);
      expect(wait).toBeLessThanOrEqual(110 * 2 ** index);
    }
    expect(calls).toHaveLength(4);
  });

  it('ends with the signal, also while it waits, and leaves no timer', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const running = failureOf(
      retryOnConflict(() => Promise.reject(conflict), { delayMs: 1_000, clock, signal: abort.signal }),
    );
    await clock.advance(1);
    expect(clock.pendingTimers).toBe(1);
    abort.abort(new Error('enough'));
    expect(await running).toMatchObject({ message: 'enough' });
    expect(clock.pendingTimers).toBe(0);
  });
});
