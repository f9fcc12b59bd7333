import { ManualClock } from '@ecsm/api-types/testing';
import { WorkQueue } from '@ecsm/workqueue';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { takeAll } from './helpers/take-all.js';
import { stateOf } from './helpers/turns.js';

function newQueue(): { readonly clock: ManualClock; readonly queue: WorkQueue } {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue({ clock }) };
}

describe('a delayed key', () => {
  it('W15 is delivered at its time, not before, and once', async () => {
    const { clock, queue } = newQueue();
    queue.add('a', { afterMs: 50 });
    const got = queue.get();
    await clock.advance(49);
    expect(await stateOf(got)).toEqual({ pending: true });
    await clock.advance(1);
    expect((await got)?.key).toBe('a');
    queue.done('a');
    await clock.advance(1000);
    expect(takeAll(queue)).toEqual([]);
  });

  it('W16 keeps the sooner of two delays, in either order, and fires once', async () => {
    for (const [first, second] of [
      [50, 80],
      [80, 50],
    ] as const) {
      const { clock, queue } = newQueue();
      queue.add('a', { afterMs: first });
      queue.add('a', { afterMs: second });
      expect(queue.delayed).toBe(1);
      await clock.advance(49);
      expect(takeAll(queue)).toEqual([]);
      await clock.advance(1);
      expect(takeAll(queue)).toEqual(['a']);
      await clock.advance(1000);
      expect(takeAll(queue)).toEqual([]);
    }
  });

  it('W17 is delivered in order of due time, whatever the order of adding', async () => {
    const { clock, queue } = newQueue();
    queue.add('slow', { afterMs: 1000 });
    queue.add('quick', { afterMs: 50 });
    await clock.advance(50);
    expect(takeAll(queue)).toEqual(['quick']);
    await clock.advance(949);
    expect(takeAll(queue)).toEqual([]);
    await clock.advance(1);
    expect(takeAll(queue)).toEqual(['slow']);

    for (const afterMs of [30, 10, 50, 20, 40, 10]) queue.add(`${afterMs}, ${queue.delayed}`, { afterMs });
    await clock.advance(50);
    expect(takeAll(queue)).toEqual(['10, 1', '10, 5', '20, 3', '30, 0', '40, 4', '50, 2']);
  });

  it('W18 is not counted as waiting for a worker until it is due', async () => {
    const { clock, queue } = newQueue();
    queue.add('a', { afterMs: 50, priority: 3 });
    expect([queue.length, queue.delayed]).toEqual([0, 1]);
    expect(queue.measure().priorities).toEqual([]);
    await clock.advance(50);
    expect([queue.length, queue.delayed]).toEqual([1, 0]);
    expect(queue.measure().priorities).toEqual([{ priority: '3', depth: 1, oldestAgeSeconds: 0 }]);
  });

  it('W19 runs now when it is added without delay, and not a second time later', async () => {
    const { clock, queue } = newQueue();
    queue.add('a', { afterMs: 50 });
    queue.add('a');
    expect(queue.delayed).toBe(0);
    expect(clock.pendingTimers).toBe(0);
    expect(takeAll(queue)).toEqual(['a']);
    await clock.advance(1000);
    expect(takeAll(queue)).toEqual([]);
  });

  it('W19 runs once more after its run when it is added without delay meanwhile', async () => {
    const { clock, queue } = newQueue();
    queue.add('a');
    queue.tryGet();
    queue.add('a', { afterMs: 50 });
    queue.add('a');
    queue.done('a');
    expect(takeAll(queue)).toEqual(['a']);
    await clock.advance(1000);
    expect(takeAll(queue)).toEqual([]);
  });

  it('W20 is added at once when the delay is zero or less', () => {
    const { clock, queue } = newQueue();
    for (const afterMs of [0, -1, -Infinity]) queue.add(String(afterMs), { afterMs });
    expect(takeAll(queue)).toEqual(['0', '-1', '-Infinity']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('W21 may wait longer than the timers of Node can', async () => {
    const { clock, queue } = newQueue();
    const thirtyDaysMs = 30 * 24 * 3_600_000;
    queue.add('a', { afterMs: thirtyDaysMs });
    await clock.advance(thirtyDaysMs - 1);
    expect(takeAll(queue)).toEqual([]);
    await clock.advance(1);
    expect(takeAll(queue)).toEqual(['a']);
  });

  it('W21 may wait longer than the timers of Node can, on the clock of the system', async () => {
    const thirtyDaysMs = 30 * 24 * 3_600_000;
    // These timers overflow as those of Node do: one that is too long ends after a millisecond.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const queue = new WorkQueue();
    queue.add('a', { afterMs: thirtyDaysMs });
    await vi.advanceTimersByTimeAsync(1000);
    expect([queue.length, queue.delayed]).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(thirtyDaysMs - 1001);
    expect([queue.length, queue.delayed]).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(takeAll(queue)).toEqual(['a']);
    queue.shutdown();
  });

  it('W22 can be scheduled again once it ran, and not while it waits for a worker', async () => {
    const { clock, queue } = newQueue();
    queue.add('a', { afterMs: 50 });
    await clock.advance(50);
    queue.add('a', { afterMs: 10 });
    expect([queue.length, queue.delayed]).toEqual([1, 0]);
    expect(takeAll(queue)).toEqual(['a']);
    queue.add('a', { afterMs: 50 });
    await clock.advance(50);
    expect(takeAll(queue)).toEqual(['a']);
  });

  it('W23 does not hold back others while its worker is blocked', async () => {
    const { clock, queue } = newQueue();
    queue.add('blocked');
    queue.tryGet();
    queue.add('blocked', { afterMs: 10 });
    queue.add('free', { afterMs: 20 });
    await clock.advance(20);
    expect(takeAll(queue)).toEqual(['free']);
    queue.done('blocked');
    expect(takeAll(queue)).toEqual(['blocked']);
  });

  it('waits on when it was asked for during a run that ends before it is due', async () => {
    const { clock, queue } = newQueue();
    queue.add('a');
    queue.tryGet();
    queue.add('a', { afterMs: 50 });
    queue.done('a');
    expect([queue.length, queue.running, queue.delayed]).toEqual([0, 0, 1]);
    await clock.advance(50);
    expect(takeAll(queue)).toEqual(['a']);
  });

  it('does not notice when somebody sets the wall clock', async () => {
    const { clock, queue } = newQueue();
    queue.add('a', { afterMs: 50 });
    clock.setWallClock(clock.now() + 86_400_000);
    await clock.advance(49);
    expect(takeAll(queue)).toEqual([]);
    clock.setWallClock(0);
    await clock.advance(1);
    expect(takeAll(queue)).toEqual(['a']);
  });

  it('costs one timer together with all others, and none once nothing waits', async () => {
    const { clock, queue } = newQueue();
    for (let n = 1; n <= 1000; n++) queue.add(String(n), { afterMs: 1000 - n });
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(1000);
    expect(takeAll(queue)).toHaveLength(1000);
    expect(clock.pendingTimers).toBe(0);
    queue.add('a', { afterMs: 50 });
    queue.shutdown();
    expect(clock.pendingTimers).toBe(0);
  });
});
