import type { ExponentialRateLimiterOptions, RateLimiter } from '@ecsm/workqueue';

/** Options of a controller. */
export interface ControllerOptions {
  /**
   * How many keys run at the same time, at most.
   *
   * @defaultValue `4`
   */
  readonly concurrency?: number;
  /**
   * When a run is aborted, in milliseconds; 0 means never. A run that does not end then is left behind: its worker goes
   * on with other keys, its clients refuse, and its key does not run again until it has ended.
   *
   * @defaultValue `300_000`
   */
  readonly timeoutMs?: number;
  /**
   * How long a key waits after a failed run.
   *
   * @defaultValue 5 ms doubled up to 1000 s for each key, and 10 a second with bursts of 100 for all keys together
   */
  readonly backoff?: ExponentialRateLimiterOptions | RateLimiter;
  /**
   * After how many failures in a row a key is given up.
   *
   * @defaultValue never
   */
  readonly maxAttempts?: number;
  /**
   * How long the sources may take to tell what exists before the start fails, in milliseconds.
   *
   * @defaultValue `120_000`
   */
  readonly cacheSyncTimeoutMs?: number;
  /**
   * Whether the controller runs only while this process leads, where the manager has a leader election.
   *
   * @defaultValue `true`
   */
  readonly leaderElected?: boolean;
  /**
   * Whether the sources are followed already while this process waits to lead, for a quicker take-over.
   *
   * @defaultValue `false`
   */
  readonly warmup?: boolean;
  /**
   * Whether the program goes on after a run that ended with a programming error (see `isPanic`); if not, `Manager.run`
   * rejects with it.
   *
   * @defaultValue `true`
   */
  readonly recoverPanics?: boolean;
  /**
   * How often the sources compare what they know with what exists, in milliseconds.
   *
   * @defaultValue `600_000`
   */
  readonly resyncPeriodMs?: number;
  /**
   * How long a key may wait before it gets every second turn whatever its priority, in milliseconds.
   *
   * @defaultValue `30_000`
   */
  readonly ageingMs?: number;
  /**
   * The finalizer stored for a reconciler with `cleanup`.
   *
   * @defaultValue `<group of the kind>/<name of the controller>`
   */
  readonly finalizer?: string;
}
