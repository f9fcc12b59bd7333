import type { RateLimiter } from './rate-limiter.js';

/** Asks several rate limiters and takes the longest delay: each of them holds. */
export class MaxOfRateLimiter<K = string> implements RateLimiter<K> {
  readonly #parts: readonly RateLimiter<K>[];

  constructor(...parts: readonly RateLimiter<K>[]) {
    this.#parts = parts;
  }

  when(key: K): number {
    return this.#max((part) => part.when(key));
  }

  forget(key: K): void {
    for (const part of this.#parts) part.forget(key);
  }

  retries(key: K): number {
    return this.#max((part) => part.retries(key));
  }

  #max(valueOf: (part: RateLimiter<K>) => number): number {
    return this.#parts.reduce((highest, part) => Math.max(highest, valueOf(part)), 0);
  }
}
