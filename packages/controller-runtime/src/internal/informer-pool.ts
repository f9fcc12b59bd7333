import {
  apiVersionOf,
  type ApiObject,
  type Clock,
  type KindDefinition,
  type ListWatch,
  type ResourceClients,
} from '@ecsm/api-types';
import type { EventHandler, HandlerRegistration, InformerEvent, InformerHealth } from '@ecsm/informer';

import type { Logger } from '../logger.js';
import type { Meter } from '../metrics/meter.js';
import { SharedInformer } from './shared-informer.js';

/** Which part of a kind a source follows, and what it needs of it. */
export interface FeedOptions {
  readonly labelSelector?: string | undefined;
  readonly namespace?: string | undefined;
  /** Whether the first list has to read the objects rather than their versions. */
  readonly listObjects: boolean;
  readonly resyncPeriodMs: number;
}

/** One source's share of an informer. */
export interface Feed<T extends ApiObject> {
  readonly listWatch: ListWatch<T>;
  /** Begins to receive events; the first share to do so starts the informer. */
  subscribe(handler: EventHandler<InformerEvent<T>>, name: string): HandlerRegistration;
  /** Gives the share back; the last one stops the informer. */
  release(): Promise<void>;
}

/** What a pool makes its informers with. */
export interface InformerPoolOptions {
  readonly clients: ResourceClients;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Meter;
}

/** The informers of a manager: one for each kind and selection that its controllers follow, shared by all of them. */
export class InformerPool {
  readonly #options: InformerPoolOptions;
  readonly #shared = new Map<string, object>();
  /** Numbers for sources that are no kinds of the manager's clients. */
  readonly #foreign = new Map<object, number>();

  constructor(options: InformerPoolOptions) {
    this.#options = options;
  }

  /** A share of the informer that follows this source. */
  feed<T extends ApiObject>(source: KindDefinition<T> | ListWatch<T>, options: FeedOptions): Feed<T> {
    const { labelSelector = '', namespace = '' } = options;
    const id = `${this.#idOf(source)} ${namespace} ${labelSelector}`;
    // The id names the source, so what is kept under it follows objects of its type.
    let shared = this.#shared.get(id) as SharedInformer<T> | undefined;
    if (shared === undefined) {
      const listWatch = 'list' in source ? source : this.#options.clients.resource(source);
      shared = new SharedInformer(listWatch, options, this.#options, () => {
        this.#shared.delete(id);
      });
      this.#shared.set(id, shared);
    }
    return shared.share(options);
  }

  /** How the informers do, by kind. */
  health(): readonly { readonly kind: string; readonly health: InformerHealth }[] {
    const all = [...this.#shared.values()] as SharedInformer<ApiObject>[];
    return all.flatMap(({ kind, health }) => (health === undefined ? [] : [{ kind, health }]));
  }

  #idOf<T extends ApiObject>(source: KindDefinition<T> | ListWatch<T>): string {
    if (!('list' in source)) return `${apiVersionOf(source)} ${source.kind}`;
    const known = this.#foreign.get(source);
    if (known !== undefined) return `#${known}`;
    this.#foreign.set(source, this.#foreign.size);
    return `#${this.#foreign.size - 1}`;
  }
}
