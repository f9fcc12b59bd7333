import type { Clock } from '@ecsm/api-types';
import type { Clientset, ContainerRow } from '@ecsm/ecsm-client';
import { nodeCapacity, type NodeCapacity } from '@ecsm/planner';

/** How long the ids of nodes are believed: milliseconds. */
const idsFreshMs = 600_000;
/** How soon a node that is not there is looked for again: milliseconds. */
const missingFreshMs = 60_000;

/** Reads what nodes have and hold. */
export class NodeReader {
  readonly #clientset: Clientset;
  readonly #clock: Clock;
  #ids: ReadonlyMap<string, string> = new Map();
  #readMs = -Infinity;

  constructor(clientset: Clientset, clock: Clock) {
    this.#clientset = clientset;
    this.#clock = clock;
  }

  /** What the named nodes have and hold; one that does not exist is offline. Two requests, and one for every 100 containers. */
  async read(names: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlyMap<string, NodeCapacity>> {
    const ids = await this.#idsOf(names, signal);
    const { nodes, containers } = this.#clientset;
    const known = [...names].flatMap((name) => ids.get(name) ?? []);
    const statuses = new Map<string, Awaited<ReturnType<typeof nodes.status>>[number]>();
    const rows = new Map<string, ContainerRow[]>();
    if (known.length > 0) {
      for (const status of await nodes.status(known, { signal })) statuses.set(status.id, status);
      for await (const row of containers.allByNodes(known, {}, { signal })) {
        rows.set(row.nodeName, [...(rows.get(row.nodeName) ?? []), row]);
      }
    }
    return new Map(
      [...names].map((name) => [name, nodeCapacity(name, statuses.get(ids.get(name) ?? ''), rows.get(name) ?? [])]),
    );
  }

  async #idsOf(names: ReadonlySet<string>, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const ageMs = this.#clock.monotonicNow() - this.#readMs;
    const complete = [...names].every((name) => this.#ids.has(name));
    if (ageMs < (complete ? idsFreshMs : missingFreshMs)) return this.#ids;
    const ids = new Map<string, string>();
    for await (const row of this.#clientset.nodes.all({ basicInfo: true }, { signal })) ids.set(row.name, row.id);
    this.#ids = ids;
    this.#readMs = this.#clock.monotonicNow();
    return ids;
  }
}
