import {
  systemClock,
  type ApiObject,
  type Clock,
  type KindDefinition,
  type ListWatch,
  type ObjectKey,
} from '@ecsm/api-types';

import { InformerStoppedError } from './errors/informer-stopped-error.js';
import { NotSyncedError } from './errors/not-synced-error.js';
import type { EventHandler, HandlerOptions, HandlerRegistration } from './handler-registration.js';
import type { InformerEvent, KnownVersion } from './informer-event.js';
import type { InformerHealth } from './informer-metrics.js';
import type { InformerOptions } from './informer-options.js';
import { Backoff } from './internal/backoff.js';
import { Broadcast } from './internal/broadcast.js';
import { Gate } from './internal/gate.js';
import { IndexedObjects } from './internal/indexed-objects.js';
import { informerEventTraits } from './internal/informer-event-traits.js';
import { KnownObjects } from './internal/known-objects.js';
import { ListWatchLoop } from './internal/list-watch-loop.js';
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
export class Informer<T extends ApiObject> implements AsyncDisposable {
  readonly name: string;
  readonly kind: KindDefinition<T>;
  readonly #clock: Clock;
  readonly #known: KnownObjects<T>;
  readonly #cache: IndexedObjects<T> | undefined;
  readonly #broadcast: Broadcast<InformerEvent<T>>;
  readonly #backoff: Backoff;
  readonly #loop: ListWatchLoop<T>;
  readonly #synced = new Gate();
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  /**
   * @param source - what to list and watch
   * @throws RangeError when an option is out of its range
   */
  constructor(source: ListWatch<T>, options: InformerOptions<T> = {}) {
    const { clock = systemClock, random = Math.random, cache = false, metrics, resyncPeriodMs = 600_000 } = options;
    const { pageSize = 500, idleTimeoutMs = 300_000, listObjects = true } = options;
    if (!(resyncPeriodMs >= 0)) throw new RangeError(`resyncPeriodMs must be 0 or more, got ${resyncPeriodMs}`);
    if (!(idleTimeoutMs > 0)) throw new RangeError(`idleTimeoutMs must be above 0, got ${idleTimeoutMs}`);
    if (!(Number.isInteger(pageSize) && pageSize > 0))
      throw new RangeError(`pageSize must be 1 or more, got ${pageSize}`);
    this.kind = source.kind;
    this.name = options.name ?? source.kind.plural;
    this.#clock = clock;
    this.#backoff = new Backoff(options.backoff ?? {}, random);
    const reportError = (error: Error): void => {
      try {
        options.onError?.(error);
      } catch {
        // Whoever is told of failures must not be able to end the loop by failing himself.
      }
    };
    const cacheOptions = cache === true ? {} : cache === false ? undefined : cache;
    this.#cache = cacheOptions && new IndexedObjects<T>();
    for (const [index, values] of Object.entries(cacheOptions?.indexers ?? {})) this.#cache?.addIndexer(index, values);
    this.#broadcast = new Broadcast({
      informer: this.name,
      clock,
      traits: informerEventTraits<T>(),
      known: () => this.#known.asEvents('added'),
      knownAsSync: () => this.#known.asEvents('sync'),
      onHandlerFailure: (error) => {
        metrics?.handlerFailed?.(error.handler);
        reportError(error);
      },
    });
    this.#known = new KnownObjects<T>({
      objects: this.#cache,
      transform: cacheOptions?.transform,
      onError: reportError,
      emit: (event) => {
        if (event.type !== 'sync') metrics?.event?.(event.type, event.origin);
        this.#broadcast.publish(event);
      },
    });
    const { namespace, labelSelector, fieldSelector } = options;
    this.#loop = new ListWatchLoop<T>({
      name: this.name,
      source,
      known: this.#known,
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
      onError: reportError,
      onListed: () => {
        if (this.#synced.isOpen) return;
        this.#synced.open();
        this.#broadcast.markInitialEnd();
      },
    });
  }

  /** The objects, for an informer made with {@link InformerOptions.cache}. */
  get cache(): ObjectCache<T> | undefined {
    return this.#cache;
  }

  /** How many objects are known. */
  get size(): number {
    return this.#known.size;
  }

  /** Whether the first list has been taken in. Handlers may still be busy with it: see {@link HandlerRegistration}. */
  get isSynced(): boolean {
    return this.#synced.isOpen;
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
   * Begins to list and watch. Does nothing the second time.
   *
   * @throws InformerStoppedError when the informer has been stopped
   */
  start(): void {
    if (this.#stopping.signal.aborted) throw new InformerStoppedError(this.name);
    this.#running ??= this.#loop.run(this.#stopping.signal);
  }

  /** Starts, and stops when the signal aborts; resolves when it has stopped. */
  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const stop = (): void => void this.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) stop();
      else this.start();
      await this.#running;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends list and watch, removes every handler, ends every loop over events. Does nothing the second time. */
  async stop(): Promise<void> {
    this.#stopping.abort(new InformerStoppedError(this.name));
    this.#synced.bar(new NotSyncedError([this.name], { cause: this.#stopping.signal.reason }));
    this.#broadcast.close();
    await this.#running;
  }

  /** The same as {@link Informer.stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Resolves when the first list has been taken in.
   *
   * @throws NotSyncedError naming the informer, when the signal aborts or the informer stops first
   */
  synced({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#synced.wait(signal, (reason) => new NotSyncedError([this.name], { cause: reason }));
  }

  /**
   * Adds a handler, at any time. It first gets every object that exists as `added` with `initial`.
   *
   * @throws InformerStoppedError when the informer has been stopped
   */
  addHandler(handler: EventHandler<InformerEvent<T>>, options: HandlerOptions = {}): HandlerRegistration {
    return this.#broadcast.addHandler(handler, {
      ...options,
      ...(options.skipOwnWrites === true ? { accepts: isForeign } : {}),
    });
  }

  /**
   * The events as an iterable, beginning with every object that exists. Ending the loop frees everything; the loop
   * ends by itself when the signal aborts or the informer stops.
   */
  async *events({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<InformerEvent<T>> {
    for await (const [event] of this.#broadcast.batches(1, signal)) if (event !== undefined) yield event;
  }

  /**
   * The events in batches: at most `limit`, no two of one object, and either all initial or none.
   *
   * @param options - `limit`: the longest batch
   */
  batches(options: {
    readonly limit: number;
    readonly signal?: AbortSignal | undefined;
  }): AsyncIterable<readonly InformerEvent<T>[]> {
    return this.#broadcast.batches(options.limit, options.signal);
  }

  /** How the informer does, for health checks and metrics. */
  health(): InformerHealth {
    const { lastSignAt, lastError } = this.#loop;
    return {
      name: this.name,
      state: this.#stopping.signal.aborted ? 'stopped' : this.#loop.state,
      synced: this.#synced.isOpen,
      lastSignAgeMs: lastSignAt === undefined ? undefined : this.#clock.monotonicNow() - lastSignAt,
      objects: this.#known.size,
      resourceVersion: this.#known.lastSeen,
      failures: this.#backoff.failures,
      lastError,
    };
  }
}

function isForeign(event: InformerEvent<ApiObject>): boolean {
  return event.type === 'sync' || event.ownWrite !== true;
}
