import {
  apiVersionOf,
  type ApiObject,
  type KindDefinition,
  type ListWatch,
  type ResourceClients,
} from '@ecsm/api-types';
import type { InformerHealth } from '@ecsm/informer';

import type { Feed, FeedOptions } from './feed.js';
import { SharedInformer, type InformerEnvironment } from './shared-informer.js';

/** What a pool makes its informers with. */
export interface InformerPoolOptions extends InformerEnvironment {
  readonly clients: ResourceClients;
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
