/** A key in a {@link WorkQueueSnapshot}. */
export interface SnapshotItem<K> {
  readonly key: K;
  /** The priority it will run with, or for a running key the highest asked for meanwhile. */
  readonly priority: number;
  /** Failures counted since the key last succeeded. */
  readonly retries: number;
  /** How long it has been in its present state, in milliseconds; for a delayed key negative, until it is due. */
  readonly sinceMs: number;
  /** Whether a running key runs again as soon as it is done. */
  readonly again?: boolean;
}

/** What a {@link WorkQueue} holds at a moment, for people who look into a running program. */
export interface WorkQueueSnapshot<K> {
  /** Keys that can run, highest priority first and in their order within a priority. */
  readonly ready: readonly SnapshotItem<K>[];
  /** Keys that wait for their time, soonest first. */
  readonly delayed: readonly SnapshotItem<K>[];
  /** Keys that run, longest first. */
  readonly running: readonly SnapshotItem<K>[];
  /** Whether the queue takes no more keys. */
  readonly closed: boolean;
}
