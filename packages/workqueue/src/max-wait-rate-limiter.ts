import type { RateLimiter } from './rate-limiter.js';

/** Puts an upper limit on the delays of another rate limiter. */
export class MaxWaitRateLimiter<K = string> implements RateLimiter<K> {
  readonly #inner: RateLimiter<K>;
  readonly #maxWaitMs: number;

  /**
   * @param maxWaitMs - the longest delay to let through, in milliseconds
   * @throws RangeError when it is no such number
   */
  constructor(inner: RateLimiter<K>, maxWaitMs: number) {
    if (!(maxWaitMs >= 0)) throw new RangeError(`maxWaitMs must be 0 or more, got ${maxWaitMs}`);
    this.#inner = inner;
    this.#maxWaitMs = maxWaitMs;
  }

  when(key: K): number {
    return Math.min(this.#inner.when(key), this.#maxWaitMs);
  }

  forget(key: K): void {
    this.#inner.forget(key);
  }

  retries(key: K): number {
    return this.#inner.retries(key);
  }
}
