import { systemClock, type Clock } from '@ecsm/api-types';

import { ExponentialRateLimiter } from './exponential-rate-limiter.js';
import { MaxOfRateLimiter } from './max-of-rate-limiter.js';
import type { RateLimiter } from './rate-limiter.js';
import { TokenBucketRateLimiter } from './token-bucket-rate-limiter.js';

/** What a queue uses unless told otherwise: exponential delay for each key, a token bucket for all of them together. */
export function defaultRateLimiter<K = string>(clock: Clock = systemClock): RateLimiter<K> {
  return new MaxOfRateLimiter<K>(new ExponentialRateLimiter<K>(), new TokenBucketRateLimiter({ clock }));
}
