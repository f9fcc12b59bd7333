import type { Clock, Timer } from '../clock.js';

interface PendingTimer {
  readonly dueAt: number;
  /** Ties between equal due times are broken by the order in which the timers were set. */
  readonly sequence: number;
  readonly callback: () => void;
}

/** Lets every callback that is ready run: microtasks, and work that hops over `setImmediate`. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/**
 * A clock that stands still until it is told to move, for tests without waiting.
 *
 * @example
 * ```ts
 * const clock = new ManualClock();
 * clock.setTimer(() => console.log('due'), 5_000);
 * await clock.advance(5_000); // prints "due"
 * ```
 */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  #sequence = 0;
  readonly #timers = new Set<PendingTimer>();

  /** @param startMs - wall-clock time at the start, in milliseconds since the Unix epoch; 2026-01-01T00:00:00Z by default */
  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonicNow(): number {
    return this.#monotonic;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer: PendingTimer = {
      dueAt: this.#monotonic + Math.max(0, delayMs),
      sequence: this.#sequence++,
      callback,
    };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
    };
  }

  /** How many timers are set and have not fired. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer is due, or `undefined` when none is set. */
  get nextTimerInMs(): number | undefined {
    const next = this.#nextTimer();
    return next === undefined ? undefined : next.dueAt - this.#monotonic;
  }

  /**
   * Moves time forward and fires what falls due, in order of due time, each timer at its own moment.
   *
   * After every timer the event loop gets turns, so that promise chains started by it (and timers they set) take part.
   */
  async advance(byMs: number): Promise<void> {
    const target = this.#monotonic + byMs;
    await settle();
    for (let timer = this.#nextTimer(); timer !== undefined && timer.dueAt <= target; timer = this.#nextTimer()) {
      this.#timers.delete(timer);
      this.#moveTo(timer.dueAt);
      timer.callback();
      await settle();
    }
    this.#moveTo(target);
    await settle();
  }

  /** Sets the wall clock alone, as an operator or NTP would; monotonic time and timers do not notice. */
  setWallClock(epochMs: number): void {
    this.#now = epochMs;
  }

  #moveTo(monotonicMs: number): void {
    this.#now += monotonicMs - this.#monotonic;
    this.#monotonic = monotonicMs;
  }

  #nextTimer(): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (
        next === undefined ||
        timer.dueAt < next.dueAt ||
        (timer.dueAt === next.dueAt && timer.sequence < next.sequence)
      ) {
        next = timer;
      }
    }
    return next;
  }
}
