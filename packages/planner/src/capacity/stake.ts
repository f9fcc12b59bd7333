import type { Claim, ClaimService } from './claim.js';
import type { Eviction } from './grant.js';
import type { NodeCapacity, NodeInstance } from './node-capacity.js';

/** One claim while grants are worked out: where its instances are, and what has been decided about them. */
export class Stake {
  /** Instances that stay, by node. */
  readonly #staying = new Map<string, NodeInstance[]>();
  /** Instances on their way out, by node. */
  readonly #leaving = new Map<string, NodeInstance[]>();
  /** Nodes that are away, with the number of instances they had. */
  readonly away = new Map<string, number>();
  /** Nodes on which room for one more instance is free now. */
  readonly placed: string[] = [];
  /** Instances for which room is being made. */
  awaited = 0;
  /** Instances it still lacks when room has been given out. */
  short = 0;
  /** What it gives up in this step. */
  eviction: Eviction | undefined;
  /** What is being done about its shortage, as sentences. */
  readonly steps: string[] = [];

  constructor(
    readonly claim: Claim,
    /** Instances on nodes about which nothing is known; `undefined` when its nodes are all known. */
    readonly outside: number | undefined,
  ) {}

  /** Instances on nodes about which nothing is known. */
  get elsewhere(): number {
    return this.outside ?? 0;
  }

  /** Instances that stay, in all, on nodes that are there. */
  get size(): number {
    let sum = this.elsewhere;
    for (const instances of this.#staying.values()) sum += instances.length;
    return sum;
  }

  /** Instances that count towards what it wants: of a Static object those on its nodes. */
  get held(): number {
    const { onePerNode, pool } = this.claim;
    return onePerNode ? pool.filter((node) => this.on(node).length > 0).length : this.size;
  }

  /** Instances on nodes that are away. */
  get lost(): number {
    let sum = 0;
    for (const count of this.away.values()) sum += count;
    return sum;
  }

  /** Nodes with instances that stay. */
  get nodes(): readonly string[] {
    return [...this.#staying].flatMap(([node, instances]) => (instances.length > 0 ? [node] : []));
  }

  /** Nodes with instances of any sort. */
  get present(): readonly string[] {
    return [...new Set([...this.#staying.keys(), ...this.#leaving.keys()])];
  }

  on(node: string): readonly NodeInstance[] {
    return this.#staying.get(node) ?? [];
  }

  leavingFrom(node: string): readonly NodeInstance[] {
    return this.#leaving.get(node) ?? [];
  }

  /** Takes note of an instance on a node. */
  add(node: string, instance: NodeInstance, leaving: boolean): void {
    const map = leaving ? this.#leaving : this.#staying;
    const present = map.get(node);
    if (present === undefined) map.set(node, [instance]);
    else present.push(instance);
  }

  /** Has the last few instances leave a node; returns them. */
  give(node: string, count: number): readonly NodeInstance[] {
    const here = this.#staying.get(node) ?? [];
    const gone = here.splice(here.length - count);
    for (const instance of gone) this.add(node, instance, true);
    return gone;
  }

  /** Instances beyond what was asked for: some are on their way out, nobody knows which. */
  get surplus(): number {
    const asked = this.claim.services.reduce((sum, { leaving, size }) => sum + (leaving ? 0 : size), 0);
    return Math.max(0, this.size - this.elsewhere - asked);
  }

  /** Whether every instance is on one node, so that giving one up frees room there for certain. */
  isAllOn(node: string): boolean {
    return !this.claim.onePerNode && this.away.size === 0 && this.size === this.on(node).length;
  }

  /** Whether its instances can be told to leave a node: during a rollout only by size, which says nothing about nodes. */
  canLeave(node: string): boolean {
    return this.isAllOn(node) || this.claim.services.filter(({ leaving }) => !leaving).length === 1;
  }
}

/** Lays out whose instances are where. */
export function stakesOf(claims: readonly Claim[], nodes: ReadonlyMap<string, NodeCapacity>): readonly Stake[] {
  const counts = new Map<string, number>();
  for (const { instances } of nodes.values()) {
    for (const { serviceId } of instances) counts.set(serviceId, (counts.get(serviceId) ?? 0) + 1);
  }
  const owners = new Map<string, readonly [Stake, ClaimService]>();
  const stakes = claims.map((claim) => {
    const outside = claim.pool.some((name) => !nodes.has(name));
    const inside = claim.services.reduce((sum, { id }) => sum + (counts.get(id) ?? 0), 0);
    const asked = claim.services.reduce((sum, { leaving, size }) => sum + (leaving ? 0 : size), 0);
    const stake = new Stake(claim, outside ? Math.max(0, asked - inside) : undefined);
    for (const service of claim.services) owners.set(service.id, [stake, service]);
    return stake;
  });
  for (const node of nodes.values()) {
    const seen = new Map<string, number>();
    const here = (id: string): number => node.instances.filter(({ serviceId }) => serviceId === id).length;
    for (const instance of node.instances) {
      const [stake, service] = owners.get(instance.serviceId) ?? [];
      if (stake === undefined || service === undefined) continue;
      const rank = (seen.get(service.id) ?? 0) + 1;
      seen.set(service.id, rank);
      // Of several on its only node, those beyond its size are on their way out.
      const surplus = rank > service.size && counts.get(service.id) === here(service.id);
      const leaving = service.leaving || surplus || !service.nodes.includes(node.name);
      if (node.online) stake.add(node.name, instance, leaving);
      else if (!leaving) stake.away.set(node.name, (stake.away.get(node.name) ?? 0) + 1);
    }
  }
  for (const { claim, away } of stakes) {
    if (!claim.onePerNode) continue;
    const named = new Set(claim.services.flatMap((service) => service.nodes));
    // What a node lacks while it is away will come with it.
    for (const name of claim.pool) if (named.has(name) && nodes.get(name)?.online === false) away.set(name, 1);
  }
  return stakes;
}
