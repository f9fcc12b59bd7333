import { isEcsmClientError, type Clientset } from '@ecsm/ecsm-client';
import { defaultPlatformFacts, sizeOf, type ObservedService, type PlatformFacts } from '@ecsm/planner';

/** Containers that ran before a service was changed, and should still be there afterwards. */
interface Probe {
  readonly serviceId: string;
  readonly containerIds: ReadonlySet<string>;
}

/**
 * Learns what the platform does where its documents are silent: whether a change of a service restarts the containers it does
 * not concern.
 *
 * The first change that leaves instances in place is looked at closely, at the cost of two requests. A platform that has
 * restarted them all is watched further, since a coincidence may have looked like that.
 */
export class PlatformHabits {
  readonly #clientset: Clientset;
  #putRestarts = defaultPlatformFacts.putRestarts;
  /** Whether a container was seen to survive a change. */
  #certain = false;
  #probe: Probe | undefined;

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
    if (this.#certain || service.deploying || Math.min(service.online, sizeOf(service), size) === 0) return;
    const containers = await this.#running(service.id, signal);
    const staying = containers?.filter(({ nodeName }) => nodes.includes(nodeName)) ?? [];
    if (staying.length > 0) this.#probe = { serviceId: service.id, containerIds: new Set(staying.map(({ id }) => id)) };
  }

  /** Looks at what became of a changed service that has come to rest; tells whether it is news that it was restarted. */
  async after(service: ObservedService, signal: AbortSignal): Promise<boolean> {
    const probe = this.#probe;
    if (probe?.serviceId !== service.id || service.deploying || service.leaving === true) return false;
    if (service.online < sizeOf(service)) return false;
    const containers = await this.#running(service.id, signal);
    if (containers === undefined || containers.length === 0) return false;
    this.#probe = undefined;
    this.#certain = containers.some(({ id }) => probe.containerIds.has(id));
    const news = !this.#certain && this.#putRestarts !== 'all';
    this.#putRestarts = this.#certain ? 'changed' : 'all';
    return news;
  }

  async #running(id: string, signal: AbortSignal) {
    try {
      const rows = [];
      for await (const row of this.#clientset.containers.allByServices([id], {}, { signal })) {
        if (row.id !== '' && row.status.toLowerCase() === 'running') rows.push(row);
      }
      return rows;
    } catch (error) {
      // Not worth failing for: the next change is as good.
      if (!isEcsmClientError(error)) throw error;
      return undefined;
    }
  }
}
