import { systemClock } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

describe('ManualClock', () => {
  it('fires timers at their own moment, in order of due time and then of setting', async () => {
    const clock = new ManualClock();
    const fired: [string, number][] = [];
    const note = (name: string) => () => fired.push([name, clock.monotonicNow()]);
    clock.setTimer(note('late'), 50);
    clock.setTimer(note('early'), 10);
    clock.setTimer(note('early too'), 10);
    clock.setTimer(note('never'), 10).cancel();
    await clock.advance(60);
    expect(fired).toEqual([
      ['early', 10],
      ['early too', 10],
      ['late', 50],
    ]);
    expect(clock.monotonicNow()).toBe(60);
    expect(clock.pendingTimers).toBe(0);
  });

  it('fires timers set by timers, and lets promise chains run in between', async () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    const tick = async (): Promise<void> => {
      await Promise.resolve();
      fired.push(clock.monotonicNow());
      if (fired.length < 3) clock.setTimer(() => void tick(), 5);
    };
    clock.setTimer(() => void tick(), 5);
    await clock.advance(100);
    expect(fired).toEqual([5, 10, 15]);
  });

  it('keeps monotonic time when the wall clock is set', async () => {
    const clock = new ManualClock(1000);
    clock.setWallClock(5_000_000);
    await clock.advance(10);
    expect(clock.now()).toBe(5_000_010);
    expect(clock.monotonicNow()).toBe(10);
  });
});

describe('systemClock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('W21 honours a delay longer than one Node timer', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let fired = false;
    const month = 30 * 24 * 3_600_000;
    systemClock.setTimer(() => (fired = true), month);
    vi.advanceTimersByTime(month - 1);
    expect(fired).toBe(false);
    vi.advanceTimersByTime(1);
    expect(fired).toBe(true);
  });

  it('takes a timer back', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    let fired = false;
    systemClock.setTimer(() => (fired = true), 5, { keepAlive: false }).cancel();
    vi.advanceTimersByTime(10);
    expect(fired).toBe(false);
  });
});
