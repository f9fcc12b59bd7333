import { collect, type ContainerRow, type NodeStatus, type ServiceRow } from '@ecsm/ecsm-client';
import { nodeCapacity, type NodeCapacity } from '@ecsm/planner';

import type { Invocation } from '../cli/invocation.js';

/** How long a description waits for the platform. */
const patienceMs = 5_000;

/**
 * The platform as the descriptions of one run see it: its lists are read once, however many objects are described, and a
 * platform that does not answer is waited for once.
 */
export class PlatformView {
  readonly #invocation: Invocation;
  #services: Promise<readonly ServiceRow[]> | undefined;
  #nodeIds: Promise<ReadonlyMap<string, string>> | undefined;
  readonly #nodes = new Map<string, NodeCapacity>();

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
  }

  /** Every service. */
  services(): Promise<readonly ServiceRow[]> {
    return (this.#services ??= this.#ask(({ services }, options) => collect(services.all({}, options))));
  }

  /** The containers of services. */
  async containersOf(services: readonly ServiceRow[]): Promise<readonly ContainerRow[]> {
    if (services.length === 0) return [];
    const ids = services.map(({ id }) => id);
    return this.#ask(({ containers }, options) => collect(containers.allByServices(ids, {}, options)));
  }

  /** What the named nodes have and hold. */
  async nodes(names: readonly string[]): Promise<ReadonlyMap<string, NodeCapacity>> {
    const idOf = await (this.#nodeIds ??= this.#ask(async ({ nodes }, options) => {
      const rows = await collect(nodes.all({ basicInfo: true }, options));
      return new Map(rows.map(({ id, name }) => [name, id]));
    }));
    const unread = names.filter((name) => !this.#nodes.has(name));
    const ids = unread.flatMap((name) => idOf.get(name) ?? []);
    const [statuses, containers] =
      ids.length === 0
        ? [[], []]
        : await this.#ask(async (platform, options) => [
            await platform.nodes.status(ids, options),
            await collect(platform.containers.allByNodes(ids, {}, options)),
          ]);
    const statusOf = (name: string): NodeStatus | undefined => statuses.find(({ id }) => id === idOf.get(name));
    for (const name of unread) this.#nodes.set(name, nodeCapacity(name, statusOf(name), containers));
    return new Map(names.map((name) => [name, this.#nodes.get(name) ?? nodeCapacity(name, undefined, [])]));
  }

  async #ask<T>(
    question: (
      platform: Awaited<ReturnType<Invocation['platform']>>,
      options: { readonly signal: AbortSignal },
    ) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.any([this.#invocation.signal, AbortSignal.timeout(patienceMs)]);
    return question(await this.#invocation.platform(), { signal });
  }
}
