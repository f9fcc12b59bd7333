import type { Clock, Timer, TimerOptions } from './clock.js';

/** The longest delay Node's timers take: beyond it they fire after 1 ms (https://nodejs.org/api/timers.html). */
const maxNodeDelayMs = 2 ** 31 - 1;

function setTimer(callback: () => void, delayMs: number, options: TimerOptions = {}): Timer {
  const dueAt = performance.now() + delayMs;
  let handle: NodeJS.Timeout;
  const arm = (remainingMs: number): void => {
    handle = setTimeout(
      () => {
        const leftMs = dueAt - performance.now();
        // Longer than one Node timer: wait on in pieces. Under a millisecond early is Node's rounding, not a piece.
        if (leftMs >= 1) arm(leftMs);
        else callback();
      },
      Math.max(0, Math.min(remainingMs, maxNodeDelayMs)),
    );
    if (options.keepAlive === false) handle.unref();
  };
  arm(delayMs);
  return {
    cancel: () => {
      clearTimeout(handle);
    },
  };
}

/** The machine's own clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  setTimer,
};
