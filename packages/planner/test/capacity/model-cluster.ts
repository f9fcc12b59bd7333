import { allocate, type Claim, type Grant, type NodeCapacity } from '../../src/index.js';
import { now } from '../helpers.js';

/** An object of the model: what it wants, and how many instances it has on each node. */
export interface ModelObject {
  readonly key: string;
  readonly priority: number;
  readonly never: boolean;
  readonly takes: number;
  readonly pool: readonly string[];
  readonly born: number;
  readonly isStatic: boolean;
  wants: number;
  madeWay: Claim['madeWay'];
  readonly on: Map<string, number>;
}

/** A cluster without time: the platform does at once what it is told, and puts instances where there is room as it likes. */
export class ModelCluster {
  /** Instances given up for somebody else so far. */
  given = 0;

  constructor(
    /** Memory of each node; 0 while it is away. */
    readonly nodes: Map<string, number>,
    readonly objects: readonly ModelObject[],
    /** A number below `limit`, for what is the platform's choice. */
    readonly choose: (limit: number) => number,
  ) {}

  free(node: string): number {
    const taken = this.objects.reduce((sum, { on, takes }) => sum + (on.get(node) ?? 0) * takes, 0);
    return (this.nodes.get(node) ?? 0) - taken;
  }

  count({ on }: ModelObject): number {
    return [...on.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Shares out and carries out once; tells whether anything changed. */
  step(): boolean {
    const before = JSON.stringify(this.objects.map(({ on }) => [...on].sort()));
    const grants = allocate(this.#claims(), this.#capacities(), now);
    for (const object of this.objects) this.#carryOut(object, grants.get(object.key));
    return JSON.stringify(this.objects.map(({ on }) => [...on].sort())) !== before;
  }

  #carryOut(object: ModelObject, grant: Grant | undefined): void {
    const creditor = this.objects.find(({ key }) => key === grant?.eviction?.to);
    if (grant?.eviction !== undefined) {
      this.given += grant.eviction.instances;
      if (creditor === undefined || creditor.priority <= object.priority)
        throw new Error(`${object.key} had to go for nobody better`);
      object.madeWay = { ...grant.eviction, sinceMs: 0 };
    } else if (grant?.shortage === undefined) object.madeWay = undefined;
    const nodes = grant?.nodes ?? object.pool;
    for (const node of object.on.keys()) if (!nodes.includes(node)) object.on.delete(node);
    const target = grant?.instances ?? object.wants;
    while (this.count(object) > target) {
      const present = [...object.on].flatMap(([node, count]) => (count > 0 ? [node] : []));
      const node = present[this.choose(present.length)] ?? '';
      object.on.set(node, (object.on.get(node) ?? 0) - 1);
    }
    while (this.count(object) < target) {
      const fitting = nodes.filter((node) => {
        return this.free(node) >= object.takes && !(object.isStatic && (object.on.get(node) ?? 0) > 0);
      });
      const node = fitting[this.choose(fitting.length)];
      if (node === undefined) return;
      object.on.set(node, (object.on.get(node) ?? 0) + 1);
    }
  }

  #claims(): readonly Claim[] {
    return this.objects.map((object) => {
      const size = this.count(object);
      return {
        key: object.key,
        priority: object.priority,
        mayPreempt: !object.never,
        createdMs: object.born,
        pool: object.pool,
        onePerNode: object.isStatic,
        wanted: object.wants,
        need: { memory: object.takes, disk: 0 },
        mayMiss: 0,
        available: size,
        services: size === 0 ? [] : [{ id: object.key, nodes: object.pool, size, leaving: false }],
        waitingSinceMs: 0,
        ...(object.madeWay === undefined ? {} : { madeWay: object.madeWay }),
      };
    });
  }

  #capacities(): ReadonlyMap<string, NodeCapacity> {
    return new Map(
      [...this.nodes].map(([name, memory]) => [
        name,
        {
          name,
          online: memory > 0,
          total: { memory, disk: Infinity },
          unusedMemory: Infinity,
          otherDisk: [0, 0],
          instances: this.objects.flatMap(({ key, on, takes }) =>
            Array.from({ length: on.get(name) ?? 0 }, () => ({
              serviceId: key,
              serviceName: key,
              counts: { memory: takes, disk: 0 },
              usedMemory: takes,
            })),
          ),
        },
      ]),
    );
  }

  /** Who should run more by the order of priorities than it does, in words; nothing when all is right. */
  injustice(): string | undefined {
    for (const object of this.objects) {
      if (this.count(object) >= object.wants) continue;
      for (const node of object.pool) {
        if ((this.nodes.get(node) ?? 0) === 0 || (object.isStatic && (object.on.get(node) ?? 0) > 0)) continue;
        if (this.free(node) >= object.takes) return `${object.key} does not use the room on ${node}`;
        if (object.never) continue;
        const lower = this.objects.filter(({ priority }) => priority < object.priority);
        const held = lower.reduce((sum, { on, takes }) => sum + (on.get(node) ?? 0) * takes, 0);
        if (this.free(node) + held >= object.takes) return `${object.key} waits behind lower priorities on ${node}`;
      }
    }
    return undefined;
  }
}
