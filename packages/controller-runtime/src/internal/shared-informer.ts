import type { ApiObject, Clock, ListWatch } from '@ecsm/api-types';
import { Informer, type InformerHealth } from '@ecsm/informer';

import type { Logger } from '../logger.js';
import type { Meter } from '../metrics/meter.js';
import type { Feed, FeedOptions } from './feed.js';

/** What every informer of a manager has. */
export interface InformerEnvironment {
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Meter;
}

/** One informer and the sources that share it. */
export class SharedInformer<T extends ApiObject> {
  readonly #listWatch: ListWatch<T>;
  readonly #selection: Pick<FeedOptions, 'labelSelector' | 'namespace'>;
  readonly #environment: InformerEnvironment;
  readonly #onUnused: () => void;
  #listObjects = false;
  #resyncPeriodMs = Infinity;
  #shares = 0;
  #informer: Informer<T> | undefined;

  constructor(
    listWatch: ListWatch<T>,
    selection: Pick<FeedOptions, 'labelSelector' | 'namespace'>,
    environment: InformerEnvironment,
    onUnused: () => void,
  ) {
    this.#listWatch = listWatch;
    this.#selection = selection;
    this.#environment = environment;
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
    const { clock, log, meter } = this.#environment;
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
