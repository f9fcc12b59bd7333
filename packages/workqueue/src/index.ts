// The queue
export { WorkQueue } from './work-queue.js';
export type { AddOptions, WorkItem, WorkQueueOptions } from './work-queue-options.js';

// Delays after failures
export type { RateLimiter } from './rate-limiter.js';
export { ExponentialRateLimiter, type ExponentialRateLimiterOptions } from './exponential-rate-limiter.js';
export { FastSlowRateLimiter, type FastSlowRateLimiterOptions } from './fast-slow-rate-limiter.js';
export { MaxOfRateLimiter } from './max-of-rate-limiter.js';
export { MaxWaitRateLimiter } from './max-wait-rate-limiter.js';
export { TokenBucketRateLimiter, type TokenBucketRateLimiterOptions } from './token-bucket-rate-limiter.js';
export { defaultRateLimiter } from './default-rate-limiter.js';

// Looking inside
export type { PriorityMeasurement, WorkQueueMeasurements, WorkQueueMetrics } from './work-queue-metrics.js';
export type { SnapshotItem, WorkQueueSnapshot } from './work-queue-snapshot.js';
