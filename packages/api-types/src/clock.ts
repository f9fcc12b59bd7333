/** A timer that has been set and can be taken back. */
export interface Timer {
  /** Takes the timer back; does nothing when it has fired or was cancelled. */
  cancel(): void;
}

/** Options of {@link Clock.setTimer}. */
export interface TimerOptions {
  /**
   * Whether the timer alone keeps the process alive.
   *
   * @defaultValue `true`
   */
  readonly keepAlive?: boolean;
}

/**
 * The time as the packages see it, so that tests and simulations can bring their own.
 *
 * Delays follow {@link Clock.monotonicNow}: setting the wall clock neither fires nor freezes a timer.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch, for timestamps that people read. */
  now(): number;
  /** Monotonic time in milliseconds from an arbitrary origin, for delays, deadlines and durations. */
  monotonicNow(): number;
  /**
   * Calls `callback` once, `delayMs` from now.
   *
   * A delay of any size is honoured, also above the 2^31-1 ms at which Node's own timers fire at once; zero or less
   * fires on the next turn of the event loop. The callback must not throw.
   */
  setTimer(callback: () => void, delayMs: number, options?: TimerOptions): Timer;
}
