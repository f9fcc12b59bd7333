import {
  systemClock,
  type ApiObject,
  type KindDefinition,
  type ListWatch,
  type ObjectKey,
  type Stored,
} from '@ecsm/api-types';

import type { EventHandler, HandlerOptions, HandlerRegistration } from './handler-registration.js';
import { InformerBase } from './informer-base.js';
import type { InformerEvent, KnownVersion } from './informer-event.js';
import type { InformerHealth } from './informer-metrics.js';
import type { InformerOptions } from './informer-options.js';
import { Backoff } from './internal/backoff.js';
import { checkInformerOptions, checkListWatch } from './internal/check-informer-options.js';
import { IndexedObjects } from './internal/indexed-objects.js';
import { informerEventTraits } from './internal/informer-event-traits.js';
import { KnownObjects } from './internal/known-objects.js';
import { ListWatchLoop } from './internal/list-watch-loop.js';
import { OwnWrites } from './internal/own-writes.js';
import { quietly } from './internal/quietly.js';
import type { ObjectCache } from './object-cache.js';

/**
 * Keeps track of the objects of a source and reports every change, holding versions rather than objects.
 *
 * It promises:
 * - Every object that exists is reported once as `added`, and from then on every change at least by its latest state,
 *   in the order of the source. What has been seen already is not reported again.
 * - It heals itself: a watch that ends, fails or falls silent is resumed where it was, and an expired one replaced by a
 *   list, whose differences are reported. Every {@link InformerOptions.resyncPeriodMs} it compares what it knows with
 *   the source.
 * - Handlers get events one at a time and in order, each at its own pace: a slow or failing one delays no other. Beyond
 *   10,000 waiting events those of one object are merged to its latest deletion and state.
 * - It never holds the event loop for long: lists are taken in page by page, with pauses. (Only a list for the object
 *   cache is taken in as a whole.)
 *
 * @typeParam T - the objects of the source
 *
 * @example
 * ```ts
 * await using informer = new Informer(registry.resource(ECSMService));
 * informer.addHandler((event) => queue.add(formatKey(event.key)));
 * informer.start();
 * await informer.synced({ signal });
 * ```
 */
export class Informer<T extends ApiObject> extends InformerBase<InformerEvent<T>> {
  readonly kind: KindDefinition<T>;
  readonly #known: KnownObjects<T>;
  readonly #cache: IndexedObjects<T> | undefined;
  readonly #ownWrites: OwnWrites<T>;
  readonly #backoff: Backoff;
  readonly #loop: ListWatchLoop<T>;

  /**
   * @param source - what to list and watch
   * @throws TypeError or RangeError when it can be neither listed nor watched, or an option makes no sense
   */
  constructor(source: ListWatch<T>, options: InformerOptions<T> = {}) {
    checkListWatch(source);
    const name = options.name ?? source.kind.plural;
    checkInformerOptions(name, options);
    const { clock = systemClock, random = Math.random, cache = false, metrics } = options;
    const { pageSize, listObjects = true, backoff = {} } = options;
    const { resyncPeriodMs = 600_000, idleTimeoutMs = 300_000, ownWriteTtlMs = 60_000 } = options;
    super({
      name,
      clock,
      traits: informerEventTraits<T>(),
      onError: options.onError,
      onHandlerFailed: metrics?.handlerFailed && ((handler) => metrics.handlerFailed?.(handler)),
    });
    this.kind = source.kind;
    this.#backoff = new Backoff(backoff, random);
    const cacheOptions = cache === true ? {} : cache === false ? undefined : cache;
    this.#cache = cacheOptions && new IndexedObjects<T>();
    for (const [index, values] of Object.entries(cacheOptions?.indexers ?? {})) this.#cache?.addIndexer(index, values);
    this.#known = new KnownObjects<T>({
      objects: this.#cache,
      transform: cacheOptions?.transform,
      onError: (error) => this.reportError(error),
      emit: (event) => {
        if (metrics !== undefined && event.type !== 'sync') quietly(() => metrics.event?.(event.type, event.origin));
        this.publish(event);
      },
    });
    const { namespace, labelSelector, fieldSelector } = options;
    this.#ownWrites = new OwnWrites<T>({
      known: this.#known,
      clock,
      ttlMs: ownWriteTtlMs,
      mayAppear: ({ metadata }) =>
        labelSelector === undefined &&
        fieldSelector === undefined &&
        (namespace === undefined || namespace === metadata.namespace),
      onUnconfirmed: () => this.#loop.relist(),
    });
    this.#loop = new ListWatchLoop<T>({
      name: this.name,
      source,
      known: this.#known,
      ownWrites: this.#ownWrites,
      clock,
      random,
      selection: {
        ...(namespace === undefined ? {} : { namespace }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
      },
      pageSize,
      listObjects: listObjects || cacheOptions !== undefined,
      atomicLists: cacheOptions !== undefined,
      resyncPeriodMs,
      idleTimeoutMs,
      backoff: this.#backoff,
      metrics,
      onError: (error) => this.reportError(error),
      onListed: () => this.markSynced(),
    });
  }

  override addHandler(handler: EventHandler<InformerEvent<T>>, options: HandlerOptions = {}): HandlerRegistration {
    if (options.skipOwnWrites !== true) return this.attach(handler, options);
    return this.attach(handler, options, (event) => event.type === 'sync' || event.ownWrite !== true);
  }

  /** The objects, for an informer made with {@link InformerOptions.cache}. */
  get cache(): ObjectCache<T> | undefined {
    return this.#cache;
  }

  /** How many objects are known. */
  get size(): number {
    return this.#known.size;
  }

  /** The known version of an object, or `undefined` when it is not known to exist. */
  versionOf(key: ObjectKey): KnownVersion | undefined {
    return this.#known.versionOf(key);
  }

  /** The keys of all known objects. */
  keys(): IterableIterator<ObjectKey> {
    return this.#known.keys();
  }

  /**
   * Writes an object through `write`, so that the informer knows the result at once and can mark the event of it as
   * `ownWrite`. A change by somebody else meanwhile is reported as ever.
   *
   * @param write - returns the object as stored, or `undefined` after a delete
   * @returns what `write` returns
   */
  ownWrite<R extends Stored<T> | undefined>(key: ObjectKey, write: () => Promise<R>): Promise<R> {
    return this.#ownWrites.during(key, write);
  }

  /** How the informer does, for health checks and metrics. */
  health(): InformerHealth {
    const { lastSignAt, lastError, state } = this.#loop;
    return {
      name: this.name,
      state: this.isStopped ? 'stopped' : state,
      synced: this.isSynced,
      lastSignAgeMs: lastSignAt === undefined ? undefined : this.clock.monotonicNow() - lastSignAt,
      objects: this.#known.size,
      resourceVersion: this.#known.lastSeen,
      failures: this.#backoff.failures,
      lastError,
    };
  }

  override async stop(): Promise<void> {
    this.#ownWrites.stop();
    await super.stop();
  }

  protected override listen(signal: AbortSignal): Promise<void> {
    return this.#loop.run(signal);
  }

  protected override known(type: 'added' | 'sync'): Iterable<InformerEvent<T>> {
    return this.#known.asEvents(type);
  }
}
