import { isEcsmClientError, type Clientset } from '@ecsm/ecsm-client';
import {
  canonicalJson,
  defaultPlatformFacts,
  isRunning,
  sizeOf,
  type ObservedService,
  type PlatformFacts,
} from '@ecsm/planner';

/** Containers that ran before a service was changed, and should still be there afterwards. */
interface Probe {
  readonly serviceId: string;
  /** What the change has left the service to run. */
  readonly image: string;
  /** Node of each container, by its id. */
  readonly nodes: ReadonlyMap<string, string>;
}

/** Nodes whose containers must all be gone after a change before that is taken for the platform's way. */
const believedNodes = 2;

/**
 * Learns what the platform does where its documents are silent: whether a change of a service restarts the containers it does
 * not concern.
 *
 * The first change that leaves instances in place is looked at closely, at the cost of two requests. One container that has
 * survived is proof; that none has is not: a node may have failed at that moment, or somebody else may have changed the
 * service. Since believing it gives the bounds of every rollout up, it takes containers on two nodes, at once or one
 * after the other, of services that are still told to run the same. A platform that is believed to restart them all is
 * watched further.
 */
export class PlatformHabits {
  readonly #clientset: Clientset;
  #putRestarts = defaultPlatformFacts.putRestarts;
  /** Whether a container was seen to survive a change. */
  #certain = false;
  #probe: Probe | undefined;
  /** Nodes on which no container has survived a change. */
  #nodesRestarted = 0;

  constructor(clientset: Clientset) {
    this.#clientset = clientset;
  }

  get facts(): PlatformFacts {
    return { putRestarts: this.#putRestarts };
  }

  /** Takes over what an earlier operator has found out. */
  recall(putRestarts: PlatformFacts['putRestarts']): void {
    if (!this.#certain) this.#putRestarts = putRestarts;
  }

  /** A service is about to get another size or other nodes. */
  async before(service: ObservedService, nodes: readonly string[], size: number, signal: AbortSignal): Promise<void> {
    this.disregard(service.id);
    const { detail, deploying, online } = service;
    if (detail === undefined || this.#certain || deploying || Math.min(online, sizeOf(service), size) === 0) return;
    const containers = await this.#running(service.id, signal);
    const staying = containers?.filter(({ nodeName }) => nodes.includes(nodeName)) ?? [];
    if (staying.length === 0) return;
    this.#probe = {
      serviceId: service.id,
      image: canonicalJson(detail.image),
      nodes: new Map(staying.map(({ id, nodeName }) => [id, nodeName])),
    };
  }

  /** A service is about to be changed so that its containers have to be replaced: they tell nothing any more. */
  disregard(id: string): void {
    if (this.#probe?.serviceId === id) this.#probe = undefined;
  }

  /** Looks at what became of a changed service that has come to rest; tells whether it is news that it was restarted. */
  async after(service: ObservedService, signal: AbortSignal): Promise<boolean> {
    const probe = this.#probe;
    if (probe?.serviceId !== service.id || service.deploying || service.leaving === true) return false;
    if (service.online < sizeOf(service)) return false;
    const containers = await this.#running(service.id, signal);
    if (containers === undefined || containers.length === 0) return false;
    this.#probe = undefined;
    this.#certain = containers.some(({ id }) => probe.nodes.has(id));
    if (this.#certain) this.#putRestarts = 'changed';
    if (this.#certain || probe.image !== (await this.#image(service.id, signal))) return false;
    this.#nodesRestarted += new Set(probe.nodes.values()).size;
    if (this.#putRestarts === 'all' || this.#nodesRestarted < believedNodes) return false;
    this.#putRestarts = 'all';
    return true;
  }

  async #image(id: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      return canonicalJson((await this.#clientset.services.get(id, { signal })).image);
    } catch (error) {
      if (!isEcsmClientError(error)) throw error;
      return undefined;
    }
  }

  async #running(id: string, signal: AbortSignal) {
    try {
      const rows = [];
      for await (const row of this.#clientset.containers.allByServices([id], {}, { signal })) {
        if (row.id !== '' && isRunning(row)) rows.push(row);
      }
      return rows;
    } catch (error) {
      // Not worth failing for: the next change is as good.
      if (!isEcsmClientError(error)) throw error;
      return undefined;
    }
  }
}
