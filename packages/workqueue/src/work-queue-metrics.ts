/**
 * Receives what happens in a {@link WorkQueue}, for counters and histograms.
 *
 * What can be read at any moment (depths, ages, running times) is not pushed: read {@link WorkQueue.measure} when the
 * metrics are collected, so that an idle queue costs nothing. Nothing is reported after shutdown. The methods are
 * called within the queue's own steps: they must be quick, must not throw and must not call the queue.
 */
export interface WorkQueueMetrics {
  /** A key became ready to run, or is to run again after its present run: `workqueue_adds_total`. */
  added(): void;
  /** A key was handed out after waiting this long: `workqueue_queue_duration_seconds`. */
  handedOut(waitedSeconds: number): void;
  /** A run ended after this long: `workqueue_work_duration_seconds`. */
  finished(ranSeconds: number): void;
  /** A key was added with its rate limit: `workqueue_retries_total`. */
  retried(): void;
}

/** The ready keys of one priority, part of {@link WorkQueueMeasurements}. */
export interface PriorityMeasurement {
  /**
   * The priority as a label. At most 25 priorities get their own in the life of a queue, all others share
   * `exceeded_cardinality_limit`.
   */
  readonly priority: string;
  /** Ready keys: `workqueue_depth`. */
  readonly depth: number;
  /** Waiting time of the key that comes next at this priority: `workqueue_oldest_item_age_seconds`. */
  readonly oldestAgeSeconds: number;
}

/** The state of a {@link WorkQueue} in numbers. */
export interface WorkQueueMeasurements {
  /** One entry for each label used so far, also when nothing waits there now. */
  readonly priorities: readonly PriorityMeasurement[];
  /** Keys that wait for their due time: `workqueue_delayed_depth`. */
  readonly delayed: number;
  /** Keys handed out and not done. */
  readonly running: number;
  /** Sum of the times the running keys run already: `workqueue_unfinished_work_seconds`. */
  readonly unfinishedWorkSeconds: number;
  /** The longest of these times: `workqueue_longest_running_processor_seconds`. */
  readonly longestRunningSeconds: number;
}
