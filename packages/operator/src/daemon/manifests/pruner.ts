import { apiVersionOf, keyOf, type ApiObject, type Clock, type KindDefinition, type Stored } from '@ecsm/api-types';
import type { Registry } from '@ecsm/registry';

/** Label of everything applied from a folder; its value is the operator's id. */
export const appliedByLabel = 'ecsm.sh/applied-by';

function identify(object: ApiObject): string {
  const { namespace = '', name } = object.metadata;
  return [object.apiVersion, object.kind, namespace, name].join(' ');
}

/** Deletes what was applied from files and is in none of them any more. */
export class Pruner {
  readonly #registry: Registry;
  readonly #operatorId: string;
  readonly #delayMs: number;
  readonly #clock: Clock;
  /** What each file declares. */
  readonly #declared = new Map<string, ReadonlySet<string>>();
  /** Since when objects are missing from the files, on the monotonic clock. */
  readonly #missing = new Map<string, number>();

  constructor(registry: Registry, operatorId: string, delayMs: number, clock: Clock) {
    this.#registry = registry;
    this.#operatorId = operatorId;
    this.#delayMs = delayMs;
    this.#clock = clock;
  }

  /** Whether something is missing and will be deleted unless it comes back. */
  get isWaiting(): boolean {
    return this.#missing.size > 0;
  }

  /** Notes what a file declares. */
  declared(path: string, objects: readonly ApiObject[]): void {
    this.#declared.set(path, new Set(objects.map(identify)));
  }

  /** Forgets files that are gone. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#declared.keys()) if (!paths.has(path)) this.#declared.delete(path);
  }

  /** Deletes what bears the mark and has been in no file for a while; returns what it deleted. */
  async prune(): Promise<readonly Stored<ApiObject>[]> {
    const wanted = new Set([...this.#declared.values()].flatMap((each) => [...each]));
    const now = this.#clock.monotonicNow();
    const seen = new Set<string>();
    const pruned: Stored<ApiObject>[] = [];
    for (const kind of this.#registry.scheme.kinds) {
      for (const object of await this.#marked(kind)) {
        const id = identify({ ...object, apiVersion: apiVersionOf(kind), kind: kind.kind });
        if (wanted.has(id) || object.metadata.deletionTimestamp !== undefined) continue;
        seen.add(id);
        const since = this.#missing.get(id) ?? now;
        this.#missing.set(id, since);
        if (now - since < this.#delayMs) continue;
        await this.#registry.client(kind).delete(keyOf(object), { preconditions: { uid: object.metadata.uid } });
        seen.delete(id);
        pruned.push(object);
      }
    }
    for (const id of this.#missing.keys()) if (!seen.has(id)) this.#missing.delete(id);
    return pruned;
  }

  async #marked(kind: KindDefinition): Promise<readonly Stored<ApiObject>[]> {
    const { items } = await this.#registry
      .client(kind)
      .list({ labelSelector: `${appliedByLabel}=${this.#operatorId}` });
    return items;
  }
}
