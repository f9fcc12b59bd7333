import { checkOptions, must, type OptionRules } from '@ecsm/api-types';

import type { RateLimiter } from './rate-limiter.js';

/** Options of {@link ExponentialRateLimiter}. */
export interface ExponentialRateLimiterOptions {
  /**
   * The delay after the first failure of a key, in milliseconds.
   *
   * @defaultValue `5`
   */
  readonly baseMs?: number;
  /**
   * The longest delay, in milliseconds.
   *
   * @defaultValue `1_000_000` (about 17 minutes)
   */
  readonly maxMs?: number;
  /**
   * The share of a delay that is random, 0 to 1: keys that failed together then do not come back together.
   *
   * With 0.2 a delay of 1000 ms becomes 800 to 1000 ms.
   *
   * @defaultValue `0`
   */
  readonly jitter?: number;
  /**
   * Source of the jitter, a number from 0 up to 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: () => number;
}

const rules: OptionRules<ExponentialRateLimiterOptions> = {
  baseMs: must.beAbove(0),
  maxMs: must.beAbove(0),
  jitter: must.beShare,
  random: must.beFunction,
};

/** Doubles the delay of a key with each of its failures, up to a limit; every key on its own. */
export class ExponentialRateLimiter<K = string> implements RateLimiter<K> {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #jitter: number;
  readonly #random: () => number;
  readonly #failures = new Map<K, number>();

  /** @throws TypeError or RangeError when an option makes no sense */
  constructor(options: ExponentialRateLimiterOptions = {}) {
    checkOptions('an exponential rate limiter', options, rules);
    const { baseMs = 5, maxMs = 1_000_000, jitter = 0, random = Math.random } = options;
    if (!(maxMs >= baseMs && maxMs < Infinity)) {
      throw new RangeError(`maxMs must be finite and at least baseMs (${baseMs}), got ${maxMs}`);
    }
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#jitter = jitter;
    this.#random = random;
  }

  when(key: K): number {
    const failures = this.retries(key);
    this.#failures.set(key, failures + 1);
    // From 1024 failures on the power is Infinity, and the limit takes over as for any large number.
    const delayMs = Math.min(this.#baseMs * 2 ** failures, this.#maxMs);
    return this.#jitter === 0 ? delayMs : delayMs * (1 - this.#jitter * this.#random());
  }

  forget(key: K): void {
    this.#failures.delete(key);
  }

  retries(key: K): number {
    // Asked for every key handed out, and most of the time no key has failed.
    return this.#failures.size === 0 ? 0 : (this.#failures.get(key) ?? 0);
  }
}
