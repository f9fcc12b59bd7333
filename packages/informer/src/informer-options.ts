import type { ApiObject, Clock, Stored } from '@ecsm/api-types';

import type { IndexFunction } from './object-cache.js';
import type { InformerMetrics } from './informer-metrics.js';

/** How failed attempts are spaced: each failure doubles the delay, and a calm time starts over. */
export interface BackoffOptions {
  /**
   * The delay after the first failure, in milliseconds.
   *
   * @defaultValue `500`
   */
  readonly baseMs?: number;
  /**
   * The longest delay, in milliseconds.
   *
   * @defaultValue `30_000`
   */
  readonly maxMs?: number;
  /**
   * How long a watch has to last, even without a single event, for the next failure to count as the first.
   *
   * @defaultValue `10_000`
   */
  readonly calmMs?: number;
  /**
   * The share of a delay that is random, 0 to 1.
   *
   * @defaultValue `0.2`
   */
  readonly jitter?: number;
}

/** Options of an object cache, see {@link InformerOptions.cache}. */
export interface CacheOptions<T extends ApiObject> {
  /** Finds objects by other things than their key. */
  readonly indexers?: Readonly<Record<string, IndexFunction<T>>>;
  /** Applied once to every object before it is kept or reported, e.g. to drop what nobody reads. */
  readonly transform?: (object: Stored<T>) => Stored<T>;
}

/** Options of {@link Informer}. */
export interface InformerOptions<T extends ApiObject> {
  /**
   * Names the informer in errors and health.
   *
   * @defaultValue the plural of the kind
   */
  readonly name?: string;
  /** Only objects of this namespace. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /**
   * Keep the objects themselves, not only their versions. Costs some kilobytes an object.
   *
   * @defaultValue `false`
   */
  readonly cache?: boolean | CacheOptions<T>;
  /**
   * Read the objects of the first list and of every list after a lost watch, so that their events carry them. Without
   * it these lists read versions only, where the source can, and their events have a key and no object.
   *
   * @defaultValue `true`
   */
  readonly listObjects?: boolean;
  /**
   * How often what is known is compared with the source, in milliseconds, as a safety net under the watch; 0 is never.
   *
   * @defaultValue `600_000` (10 minutes)
   */
  readonly resyncPeriodMs?: number;
  /**
   * A watch that is silent for longer is given up and resumed where it was; the actual time is drawn anew for each
   * watch, from this up to twice this. `Infinity` trusts the source.
   *
   * @defaultValue `300_000` (5 minutes)
   */
  readonly idleTimeoutMs?: number;
  /**
   * How long the result of an own write is believed although the source has not shown it, in milliseconds; after that
   * the source is listed.
   *
   * @defaultValue `60_000`
   */
  readonly ownWriteTtlMs?: number;
  /**
   * How many objects to ask for in one page of a list.
   *
   * @defaultValue `500`, and of versions alone, which are a fraction of the size, `1_000`
   */
  readonly pageSize?: number;
  readonly backoff?: BackoffOptions;
  /** Hears of every failure; the informer goes on by itself. */
  readonly onError?: (error: Error) => void;
  readonly metrics?: InformerMetrics;
  readonly clock?: Clock;
  /**
   * Source of jitter, a number from 0 up to 1.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: () => number;
}
