import { ManualClock } from '@ecsm/api-types/testing';
import { describe, expect, it } from 'vitest';

import { RequestGate } from '../../src/internal/request-gate.js';

const never = new AbortController().signal;

describe('RequestGate', () => {
  it('lets requests in order of arrival, at most so many at once', async () => {
    const gate = new RequestGate({ maxConcurrent: 2, perSecond: Infinity, burst: 1 }, new ManualClock());
    const order: number[] = [];
    const enter = async (number: number) => {
      const leave = await gate.enter(never);
      order.push(number);
      return leave;
    };
    const leaves = [await enter(1), await enter(2)];
    const third = enter(3);
    const fourth = enter(4);
    expect(gate.inFlight).toBe(2);
    leaves[1]?.();
    leaves[1]?.();
    (await third)();
    (await fourth)();
    leaves[0]?.();
    expect(order).toEqual([1, 2, 3, 4]);
    expect(gate.inFlight).toBe(0);
  });

  it('keeps to the rate after the burst', async () => {
    const clock = new ManualClock();
    const gate = new RequestGate({ maxConcurrent: 100, perSecond: 10, burst: 3 }, clock);
    let entered = 0;
    const all = Array.from({ length: 8 }, async () => {
      await gate.enter(never);
      entered++;
    });
    await clock.advance(0);
    expect(entered).toBe(3);
    for (const expected of [4, 5, 6, 7, 8]) {
      await clock.advance(100);
      expect(entered).toBe(expected);
    }
    await Promise.all(all);
    expect(clock.pendingTimers).toBe(0);
  });

  it('forgets who gives up, and keeps no timer for nobody', async () => {
    const clock = new ManualClock();
    const gate = new RequestGate({ maxConcurrent: 1, perSecond: 1, burst: 1 }, clock);
    const leave = await gate.enter(never);
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = gate.enter(controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(gate.enter(controller.signal)).rejects.toBe(reason);
    leave();
    expect(gate.inFlight).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets nobody in while the platform wants to be left alone', async () => {
    const clock = new ManualClock();
    const gate = new RequestGate({ maxConcurrent: 1, perSecond: Infinity, burst: 1 }, clock);
    gate.pause(500);
    let entered = false;
    const waiting = gate.enter(never).then((leave) => {
      entered = true;
      leave();
    });
    await clock.advance(499);
    expect(entered).toBe(false);
    await clock.advance(1);
    await waiting;
    expect(entered).toBe(true);
  });
});
