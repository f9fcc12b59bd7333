import type { Clock } from '@ecsm/api-types';
import {
  defaultRateLimiter,
  ExponentialRateLimiter,
  MaxOfRateLimiter,
  TokenBucketRateLimiter,
  type RateLimiter,
} from '@ecsm/workqueue';

import type { ControllerOptions } from '../controller-options.js';

/** The rate limiter a controller's options ask for. */
export function makeRateLimiter(backoff: ControllerOptions['backoff'], clock: Clock): RateLimiter {
  if (backoff === undefined) return defaultRateLimiter(clock);
  if ('when' in backoff) return backoff;
  return new MaxOfRateLimiter(new ExponentialRateLimiter(backoff), new TokenBucketRateLimiter({ clock }));
}
