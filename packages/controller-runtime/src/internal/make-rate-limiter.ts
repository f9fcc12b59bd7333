import { showValue, type Clock } from '@ecsm/api-types';
import {
  defaultRateLimiter,
  ExponentialRateLimiter,
  MaxOfRateLimiter,
  TokenBucketRateLimiter,
  type RateLimiter,
} from '@ecsm/workqueue';

import type { ControllerOptions } from '../controller-options.js';
import type { Logger } from '../logger.js';

/** The rate limiter a controller's options ask for. */
export function makeRateLimiter(backoff: ControllerOptions['backoff'], clock: Clock, log: Logger): RateLimiter {
  if (backoff === undefined) return defaultRateLimiter(clock);
  if ('when' in backoff) return new GuardedRateLimiter(backoff, log);
  return new MaxOfRateLimiter(new ExponentialRateLimiter(backoff), new TokenBucketRateLimiter({ clock }));
}

/** How long a key waits when its rate limiter does not say. */
const fallbackMs = 1000;

/** A program's own rate limiter, whose failures are reported and cost no key its retry. */
class GuardedRateLimiter implements RateLimiter {
  readonly #limiter: RateLimiter;
  readonly #log: Logger;

  constructor(limiter: RateLimiter, log: Logger) {
    this.#limiter = limiter;
    this.#log = log;
  }

  when(key: string): number {
    return this.#ask(fallbackMs, () => {
      const delayMs = this.#limiter.when(key);
      if (delayMs >= 0) return delayMs;
      throw new RangeError(`when must return 0 or more milliseconds, got ${showValue(delayMs)}`);
    });
  }

  forget(key: string): void {
    this.#ask(undefined, () => {
      this.#limiter.forget(key);
    });
  }

  retries(key: string): number {
    return this.#ask(0, () => this.#limiter.retries(key));
  }

  #ask<R>(fallback: R, question: () => R): R {
    try {
      return question();
    } catch (error) {
      this.#log.error({ err: error }, 'the rate limiter given as backoff failed');
      return fallback;
    }
  }
}
