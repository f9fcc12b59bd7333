import type { ApiObject, ListWatch } from '@ecsm/api-types';
import { Informer, type InformerHealth } from '@ecsm/informer';

import type { Feed, FeedOptions, InformerPoolOptions } from './informer-pool.js';

/** One informer and the sources that share it. */
export class SharedInformer<T extends ApiObject> {
  readonly #listWatch: ListWatch<T>;
  readonly #selection: Pick<FeedOptions, 'labelSelector' | 'namespace'>;
  readonly #pool: InformerPoolOptions;
  readonly #onUnused: () => void;
  #listObjects = false;
  #resyncPeriodMs = Infinity;
  #shares = 0;
  #informer: Informer<T> | undefined;

  constructor(
    listWatch: ListWatch<T>,
    selection: Pick<FeedOptions, 'labelSelector' | 'namespace'>,
    pool: InformerPoolOptions,
    onUnused: () => void,
  ) {
    this.#listWatch = listWatch;
    this.#selection = selection;
    this.#pool = pool;
    this.#onUnused = onUnused;
  }

  get kind(): string {
    return this.#listWatch.kind.kind;
  }

  /** How the informer does; `undefined` before it was started. */
  get health(): InformerHealth | undefined {
    return this.#informer?.health();
  }

  share({ listObjects, resyncPeriodMs }: FeedOptions): Feed<T> {
    this.#shares++;
    // All sources of a manager exist before the first one starts, so the needs of all are known by then.
    this.#listObjects ||= listObjects;
    this.#resyncPeriodMs = Math.min(this.#resyncPeriodMs, resyncPeriodMs);
    let released = false;
    return {
      listWatch: this.#listWatch,
      subscribe: (handler, name) => this.#start().addHandler(handler, { name }),
      release: async () => {
        if (released) return;
        released = true;
        if (--this.#shares > 0) return;
        this.#onUnused();
        await this.#informer?.stop();
      },
    };
  }

  #start(): Informer<T> {
    if (this.#informer !== undefined) return this.#informer;
    const { clock, log, meter } = this.#pool;
    const { labelSelector, namespace } = this.#selection;
    const informer = new Informer(this.#listWatch, {
      clock,
      resyncPeriodMs: this.#resyncPeriodMs === Infinity ? 0 : this.#resyncPeriodMs,
      listObjects: this.#listObjects,
      metrics: {
        relisted: (reason) => {
          meter.relisted(this.kind, reason);
        },
      },
      onError: (error) => {
        log.warn({ kind: this.kind, err: error }, 'following a kind failed and is tried again');
      },
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(namespace === undefined ? {} : { namespace }),
    });
    this.#informer = informer;
    informer.start();
    return informer;
  }
}
