import type { AbortableOptions } from '@ecsm/api-types';

/** The lead, held by this process. */
export interface Leadership {
  /** Counts the leaders there have been: larger than that of every earlier holder. */
  readonly fencingToken: number;
  /** Aborts with a `LeaseLostError` when the lead is lost. */
  readonly lost: AbortSignal;
  /**
   * Makes sure, by the clock or the lock itself, that this process still leads. Cheap: it is called before each write.
   *
   * @throws LeaseLostError when it does not, or cannot be sure to
   */
  assertHeld(): void;
  /** Lets another process lead at once. Does nothing when the lead was lost or released. */
  release(): Promise<void>;
}

/** Options of {@link LeaderLock.acquire}. */
export interface AcquireOptions extends AbortableOptions {
  /** Hears of each renewal that could not be written at once and read the lease first, where there are renewals. */
  readonly onSlowRenewal?: () => void;
}

/** Lets one of several processes lead. */
export interface LeaderLock {
  /** What is locked, for metrics and messages. */
  readonly name: string;
  /** Who asks: different for every process. */
  readonly identity: string;
  /**
   * Waits until this process leads.
   *
   * @throws the reason of `signal` when it aborts first; the lock is not held then
   */
  acquire(options?: AcquireOptions): Promise<Leadership>;
}
