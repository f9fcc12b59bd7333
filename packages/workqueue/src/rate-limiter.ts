/**
 * Decides how long a key waits after a failed run. Its methods must not throw.
 *
 * @typeParam K - the keys of the queue it serves
 */
export interface RateLimiter<K = string> {
  /** Counts one failure of `key` and returns how many milliseconds its next run has to wait. */
  when(key: K): number;
  /** Forgets the failures of `key`, because it succeeded or is no longer of interest. */
  forget(key: K): void;
  /** How many failures of `key` have been counted since it was last forgotten. */
  retries(key: K): number;
}
