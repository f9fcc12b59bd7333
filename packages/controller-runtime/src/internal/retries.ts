import type { Clock, Timer } from '@ecsm/api-types';
import { ExponentialRateLimiter } from '@ecsm/workqueue';

/** Does failed things again, each after a delay that grows with its failures. */
export class Retries<K> {
  readonly #clock: Clock;
  readonly #attempt: (key: K) => Promise<void>;
  readonly #backoff = new ExponentialRateLimiter<K>({ baseMs: 100, maxMs: 60_000 });
  readonly #timers = new Map<K, Timer>();
  #stopped = false;

  /** @param attempt - must not reject */
  constructor(clock: Clock, attempt: (key: K) => Promise<void>) {
    this.#clock = clock;
    this.#attempt = attempt;
  }

  /** How many things wait for another attempt. */
  get size(): number {
    return this.#timers.size;
  }

  /** Counts a failure and plans another attempt; returns the delay in milliseconds. */
  retry(key: K): number {
    const delayMs = this.#backoff.when(key);
    if (this.#stopped) return delayMs;
    this.cancel(key);
    this.#timers.set(
      key,
      this.#clock.setTimer(() => {
        this.#timers.delete(key);
        void this.#attempt(key);
      }, delayMs),
    );
    return delayMs;
  }

  /** Takes a planned attempt back. */
  cancel(key: K): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  /** Clears the failures of something that succeeded. */
  forget(key: K): void {
    this.#backoff.forget(key);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
