import type { RateLimiter } from './rate-limiter.js';

/** Asks several rate limiters and takes the longest delay: each of them holds. */
export class MaxOfRateLimiter<K = string> implements RateLimiter<K> {
  readonly #parts: readonly RateLimiter<K>[];

  constructor(...parts: readonly RateLimiter<K>[]) {
    this.#parts = parts;
  }

  when(key: K): number {
    let longest = 0;
    for (const part of this.#parts) longest = Math.max(longest, part.when(key));
    return longest;
  }

  forget(key: K): void {
    for (const part of this.#parts) part.forget(key);
  }

  retries(key: K): number {
    let most = 0;
    for (const part of this.#parts) most = Math.max(most, part.retries(key));
    return most;
  }
}
