import type { Clock } from '@ecsm/api-types';

import type { BackoffOptions } from './informer-options.js';

/** Receives what happens in a {@link PolledInformer}, for counters. The methods must be quick and must not throw. */
export interface PolledInformerMetrics {
  /** A poll ended; `changes` is undefined when it failed. */
  polled?(seconds: number, changes: number | undefined): void;
  /** A handler threw. */
  handlerFailed?(handler: string): void;
}

/** How often a {@link PolledInformer} looks. */
export interface PollIntervals {
  /**
   * Between polls while nothing changes, in milliseconds.
   *
   * @defaultValue `30_000`
   */
  readonly restMs?: number;
  /**
   * Between polls while something changes or is expected to, in milliseconds.
   *
   * @defaultValue `2_000`
   */
  readonly movingMs?: number;
}

/** Options of {@link PolledInformer}. */
export interface PolledInformerOptions {
  /** Names the informer in errors and health. */
  readonly name: string;
  readonly intervals?: PollIntervals;
  /**
   * The share of an interval that is random, 0 to 1, so that several pollers do not fall into step.
   *
   * @defaultValue `0.1`
   */
  readonly jitter?: number;
  /**
   * How long a poll may take, in milliseconds; then it is given up as failed.
   *
   * @defaultValue `60_000`
   */
  readonly timeoutMs?: number;
  /**
   * In how many polls in a row an item has to be missing to be reported as deleted. With a list of pages on which
   * items move, more than one.
   *
   * @defaultValue `1`
   */
  readonly missesUntilDeleted?: number;
  /** How polls are spaced while they fail. */
  readonly backoff?: BackoffOptions;
  /** Hears of every failure; the informer goes on by itself. */
  readonly onError?: (error: Error) => void;
  readonly metrics?: PolledInformerMetrics;
  readonly clock?: Clock;
  /**
   * Source of jitter, a number from 0 up to 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: () => number;
}

/** How a polled informer does, for health checks and metrics. */
export interface PolledInformerHealth {
  readonly name: string;
  readonly state: 'new' | 'polling' | 'waiting' | 'stopped';
  readonly synced: boolean;
  /** Since the last poll that succeeded: `informer_last_event_age_seconds`. */
  readonly lastPollAgeMs: number | undefined;
  /** Known items: `informer_store_objects`. */
  readonly objects: number;
  /** Whether the next poll comes at the interval for movement. */
  readonly moving: boolean;
  /** Failed polls since the last that succeeded. */
  readonly failures: number;
  /** Why the last poll failed, if it did. */
  readonly lastError: Error | undefined;
}
