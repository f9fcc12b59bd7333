import type { Clock } from '@ecsm/api-types';

import type { RateLimiter } from './rate-limiter.js';
import type { WorkQueueMetrics } from './work-queue-metrics.js';

/** Options of {@link WorkQueue}. */
export interface WorkQueueOptions<K = string> {
  /**
   * How long a key waits after a failed run ({@link WorkQueue.addRateLimited}).
   *
   * @defaultValue 5 ms doubled up to 1000 s for each key, and 10 a second with bursts of 100 for all keys together
   */
  readonly rateLimiter?: RateLimiter<K>;
  /**
   * How long a ready key may wait before every second key handed out is the longest waiting one, whatever its
   * priority, in milliseconds; `Infinity` lets higher priorities starve lower ones.
   *
   * @defaultValue `30_000`
   */
  readonly ageingMs?: number;
  /**
   * Whether a key that waits for its time keeps the process alive.
   *
   * @defaultValue `true`
   */
  readonly keepAlive?: boolean;
  readonly metrics?: WorkQueueMetrics;
  readonly clock?: Clock;
}

/** Options of {@link WorkQueue.add}. */
export interface AddOptions {
  /**
   * Higher runs first; a 32-bit integer. Of several requests for a key that waits, the highest counts.
   *
   * @defaultValue `0`
   */
  readonly priority?: number;
  /**
   * Not before this many milliseconds from now; zero or less means now. Of several requests the soonest counts.
   *
   * @defaultValue `0`
   */
  readonly afterMs?: number;
}

/** A key handed out by {@link WorkQueue.get}. */
export interface WorkItem<K = string> {
  readonly key: K;
  /** The priority it was handed out with; give it to {@link WorkQueue.add} to keep it. */
  readonly priority: number;
  /** Failures counted since the key last succeeded. */
  readonly retries: number;
}
