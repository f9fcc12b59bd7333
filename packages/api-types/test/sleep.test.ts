import { describe, expect, it } from 'vitest';

import { sleep, slept } from '../src/index.js';
import { ManualClock } from '../src/testing/index.js';

describe('sleep', () => {
  it('resolves when the time has passed, and not before', async () => {
    const clock = new ManualClock();
    let isOver = false;
    const sleeping = sleep(clock, 100).then(() => (isOver = true));
    await clock.advance(99);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await sleeping;
    expect(isOver).toBe(true);
  });

  it('rejects with the reason of the signal, before or while it waits, and leaves no timer', async () => {
    const clock = new ManualClock();
    const reason = new Error('enough');
    await expect(sleep(clock, 100, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = sleep(clock, 100, { signal: controller.signal });
    expect(clock.pendingTimers).toBe(1);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    expect(clock.pendingTimers).toBe(0);
  });

  it('as slept, says whether it was left alone', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const first = slept(clock, 100, { signal: controller.signal });
    await clock.advance(100);
    expect(await first).toBe(true);
    const second = slept(clock, 100, { signal: controller.signal });
    controller.abort();
    expect(await second).toBe(false);
  });
});
