import { checkOptions, must, required, type OptionRules } from '@ecsm/api-types';

import type { RateLimiter } from './rate-limiter.js';

/** Options of {@link FastSlowRateLimiter}. */
export interface FastSlowRateLimiterOptions {
  /** The delay after each of the first failures of a key, in milliseconds. */
  readonly fastMs: number;
  /** The delay after all later failures, in milliseconds. */
  readonly slowMs: number;
  /** How many failures of a key get the fast delay. */
  readonly fastAttempts: number;
}

const rules: OptionRules<FastSlowRateLimiterOptions> = {
  fastMs: required(must.beAtLeast(0)),
  slowMs: required(must.beAtLeast(0)),
  fastAttempts: required(must.beAtLeast(0)),
};

/** Retries a key quickly a few times and slowly from then on: for faults that are either brief or long. */
export class FastSlowRateLimiter<K = string> implements RateLimiter<K> {
  readonly #options: FastSlowRateLimiterOptions;
  readonly #failures = new Map<K, number>();

  /** @throws TypeError or RangeError when an option is missing or makes no sense */
  constructor(options: FastSlowRateLimiterOptions) {
    checkOptions('a fast and slow rate limiter', options, rules);
    this.#options = { ...options };
  }

  when(key: K): number {
    const failures = this.retries(key) + 1;
    this.#failures.set(key, failures);
    return failures <= this.#options.fastAttempts ? this.#options.fastMs : this.#options.slowMs;
  }

  forget(key: K): void {
    this.#failures.delete(key);
  }

  retries(key: K): number {
    return this.#failures.get(key) ?? 0;
  }
}
