import { ManualClock } from '@ecsm/api-types/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Timeline } from '../../src/cluster/timeline.js';

describe('Timeline', () => {
  it('moves by the speed times the clock', async () => {
    const clock = new ManualClock();
    const timeline = new Timeline({ clock, speed: 100 });
    const happened: number[] = [];
    timeline.after(5000, () => happened.push(timeline.elapsedMs));
    await clock.advance(49);
    expect(happened).toEqual([]);
    await clock.advance(1);
    expect(happened).toEqual([5000]);
  });

  it('stands still at speed 0 and sets no timer', async () => {
    const clock = new ManualClock();
    const timeline = new Timeline({ clock, speed: 0 });
    let count = 0;
    timeline.after(10, () => count++);
    await clock.advance(1_000_000);
    expect(count).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    timeline.advance(10);
    expect(count).toBe(1);
  });

  it('sets no timer while nothing is scheduled', async () => {
    const clock = new ManualClock();
    const timeline = new Timeline({ clock, speed: 1 });
    expect(clock.pendingTimers).toBe(0);
    timeline.after(10, () => undefined).cancel();
    await clock.advance(10);
    expect(clock.pendingTimers).toBe(0);
  });

  it('changes speed without losing time', async () => {
    const clock = new ManualClock();
    const timeline = new Timeline({ clock, speed: 1 });
    await clock.advance(100);
    timeline.setSpeed(10);
    await clock.advance(100);
    expect(timeline.elapsedMs).toBe(1100);
    timeline.setSpeed(0);
    await clock.advance(100);
    expect(timeline.elapsedMs).toBe(1100);
  });

  it('lets what is overdue happen at its own moment, before anyone looks', () => {
    const real = { ms: 0 };
    const timeline = new Timeline({
      clock: { now: () => real.ms, monotonicNow: () => real.ms, setTimer: () => ({ cancel: () => undefined }) },
      speed: 1,
    });
    const happened: number[] = [];
    timeline.after(10, () => {
      happened.push(timeline.elapsedMs);
      timeline.after(10, () => happened.push(timeline.elapsedMs));
    });
    real.ms = 100;
    timeline.catchUp();
    expect(happened).toEqual([10, 20]);
    expect(timeline.elapsedMs).toBe(100);
  });

  it('fires in order of due time, then of scheduling, and never what was taken back', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ delayMs: fc.nat(50), cancelled: fc.boolean() })), (plans) => {
        const timeline = new Timeline({ clock: new ManualClock(), speed: 0 });
        const fired: { delayMs: number; index: number }[] = [];
        const entries = plans.map(({ delayMs }, index) =>
          timeline.after(delayMs, () => fired.push({ delayMs, index })),
        );
        for (const [index, { cancelled }] of plans.entries()) if (cancelled) entries[index]!.cancel();
        timeline.advance(50);
        const expected = plans
          .map(({ delayMs, cancelled }, index) => ({ delayMs, cancelled, index }))
          .filter(({ cancelled }) => !cancelled)
          .sort((a, b) => a.delayMs - b.delayMs || a.index - b.index)
          .map(({ delayMs, index }) => ({ delayMs, index }));
        expect(fired).toEqual(expected);
      }),
    );
  });
});
