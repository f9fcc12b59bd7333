import type { Clock } from '@ecsm/api-types';

/** Options of `SqliteStore.open`. */
export interface SqliteStoreOptions {
  /** The database file; it is created unless `readonly` is set. Its folder must exist, on a local disk. */
  readonly path: string;
  /**
   * Whether to read only: the file must exist, and nothing is created or changed. On a disk that is wholly full, where
   * nobody else has the file open, it is read into memory and shown as it was then.
   *
   * @defaultValue `false`
   */
  readonly readonly?: boolean;
  /**
   * Group whose members may use the file as well, by name: for a daemon that serves several users. A file that is
   * created then has mode 0660 and this group, else mode 0600.
   */
  readonly group?: string;
  /**
   * How many changes are kept for watchers that were away.
   *
   * @defaultValue `10_000`
   */
  readonly maxLogRows?: number;
  /**
   * How long changes are kept at most; the newest hundred stay whatever their age.
   *
   * @defaultValue `86_400_000`, a day
   */
  readonly maxLogAgeMs?: number;
  /**
   * How long a write waits for writers in other processes before it fails with TimeoutError.
   *
   * @defaultValue `5_000`
   */
  readonly busyTimeoutMs?: number;
  /**
   * How often a watched store looks whether its file is still in its place, and for changes of other processes without
   * having heard their bell.
   *
   * @defaultValue `1_000`
   */
  readonly pollIntervalMs?: number;
  /**
   * Decides when entries expire, when watchers report progress and how long a writer waits.
   *
   * @defaultValue the machine's clock
   */
  readonly clock?: Clock;
  /**
   * Source of the jitter between tries of a waiting writer, from 0 to below 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: () => number;
}
