import { checkOptions, must, systemClock, type Clock, type OptionRules } from '@ecsm/api-types';

import type { RateLimiter } from './rate-limiter.js';

/** Options of {@link TokenBucketRateLimiter}. */
export interface TokenBucketRateLimiterOptions {
  /**
   * How many retries a second are let through in the long run.
   *
   * @defaultValue `10`
   */
  readonly perSecond?: number;
  /**
   * How many retries may come at once after a quiet time.
   *
   * @defaultValue `100`
   */
  readonly burst?: number;
  readonly clock?: Clock;
}

// With less than one token no key would ever run.
const rules: OptionRules<TokenBucketRateLimiterOptions> = {
  perSecond: must.beAbove(0),
  burst: must.beAtLeast(1),
  clock: must.beObject,
};

/** Limits the retries of all keys together; it keeps no count for single keys. */
export class TokenBucketRateLimiter implements RateLimiter<unknown> {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #clock: Clock;
  /** Falls below zero by as many tokens as are promised to keys that wait. */
  #tokens: number;
  #countedAt: number;

  /** @throws TypeError or RangeError when an option makes no sense */
  constructor(options: TokenBucketRateLimiterOptions = {}) {
    checkOptions('a token bucket', options, rules);
    const { perSecond = 10, burst = 100, clock = systemClock } = options;
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#clock = clock;
    this.#tokens = burst;
    this.#countedAt = clock.monotonicNow();
  }

  when(): number {
    const now = this.#clock.monotonicNow();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#countedAt) * this.#perMs) - 1;
    this.#countedAt = now;
    return Math.max(0, -this.#tokens / this.#perMs);
  }

  forget(): void {
    // Nothing is kept for a key.
  }

  retries(): number {
    return 0;
  }
}
