import type { RateLimiter } from './rate-limiter.js';

/** Puts an upper limit on the delays of another rate limiter. */
export class MaxWaitRateLimiter<K = string> implements RateLimiter<K> {
  readonly #inner: RateLimiter<K>;
  readonly #maxWaitMs: number;

  /** @param maxWaitMs - the longest delay to let through, in milliseconds */
  constructor(inner: RateLimiter<K>, maxWaitMs: number) {
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
