import { allocate, type Claim, type Grant, type NodeCapacity } from '../../src/index.js';
import { now } from '../helpers.js';

const mebibyte = 2 ** 20;

/** A claim in few words: how many MiB each instance takes, and how many run on each node. */
export interface Sketch {
  readonly priority?: number;
  readonly wants?: number;
  readonly takes?: number;
  readonly disk?: number;
  readonly port?: number;
  readonly on?: Readonly<Record<string, number>>;
  readonly pool?: readonly string[];
  readonly never?: boolean;
  readonly mayMiss?: number;
  /** The smaller the older. */
  readonly born?: number;
  readonly isStatic?: boolean;
  readonly madeWay?: Claim['madeWay'];
  readonly waitingMs?: number;
  /** Nodes its platform service names. @defaultValue the pool */
  readonly named?: readonly string[];
  /** Size of its platform service. @defaultValue what runs */
  readonly size?: number;
  readonly leaving?: boolean;
  readonly rolling?: boolean;
}

/** A node in few words. */
export interface NodeSketch {
  readonly memory?: number;
  readonly disk?: number;
  readonly offline?: boolean;
  /** MiB that services of strangers have limits for. */
  readonly strangers?: number;
  /** MiB in use beyond what containers use. */
  readonly used?: number;
}

const runs = ({ on = {} }: Sketch): number => Object.values(on).reduce((sum, count) => sum + count, 0);

function claim(key: string, sketch: Sketch, pool: readonly string[]): Claim {
  const running = runs(sketch);
  const { madeWay, waitingMs, port } = sketch;
  const service = {
    id: key,
    nodes: sketch.named ?? pool,
    size: sketch.size ?? running,
    leaving: sketch.leaving ?? false,
  };
  return {
    key,
    priority: sketch.priority ?? 0,
    mayPreempt: sketch.never !== true,
    createdMs: sketch.born ?? 0,
    pool,
    onePerNode: sketch.isStatic ?? false,
    wanted: sketch.wants ?? running,
    need: {
      memory: (sketch.takes ?? 100) * mebibyte,
      disk: (sketch.disk ?? 0) * mebibyte,
      ...(port === undefined ? {} : { port }),
    },
    mayMiss: sketch.mayMiss ?? 0,
    available: running,
    services:
      running === 0 ? [] : sketch.rolling === true ? [service, { ...service, id: `${key}-old`, size: 1 }] : [service],
    ...(waitingMs === undefined ? {} : { waitingSinceMs: now.observedMs - waitingMs }),
    ...(madeWay === undefined ? {} : { madeWay }),
  };
}

/** Nodes and claims made from sketches. */
export function sketched(nodes: Readonly<Record<string, NodeSketch>>, sketches: Readonly<Record<string, Sketch>>) {
  const names = Object.keys(nodes);
  const claims = Object.entries(sketches).map(([key, sketch]) => claim(key, sketch, sketch.pool ?? names));
  const capacities = new Map<string, NodeCapacity>();
  for (const [name, node] of Object.entries(nodes)) {
    const instances = Object.entries(sketches).flatMap(([key, sketch]) =>
      Array.from({ length: sketch.on?.[name] ?? 0 }, () => ({
        serviceId: key,
        serviceName: key,
        counts: { memory: (sketch.takes ?? 100) * mebibyte, disk: (sketch.disk ?? 0) * mebibyte },
        usedMemory: ((sketch.takes ?? 100) / 2) * mebibyte,
      })),
    );
    const strangers = node.strangers ?? 0;
    if (strangers > 0) {
      instances.push({
        serviceId: 'stranger',
        serviceName: 'stranger',
        counts: { memory: strangers * mebibyte, disk: 0 },
        usedMemory: (strangers / 2) * mebibyte,
      });
    }
    const total = node.memory ?? 400;
    const inUse = instances.reduce((sum, each) => sum + each.usedMemory, (node.used ?? 0) * mebibyte);
    capacities.set(name, {
      name,
      online: node.offline !== true,
      total: { memory: total * mebibyte, disk: (node.disk ?? 10_000) * mebibyte },
      unusedMemory: total * mebibyte - inUse,
      otherDisk: [0, 0],
      instances,
    });
  }
  return { claims, nodes: capacities };
}

/** What everybody is granted. */
export function grants(
  nodes: Readonly<Record<string, NodeSketch>>,
  sketches: Readonly<Record<string, Sketch>>,
): ReadonlyMap<string, Grant> {
  const world = sketched(nodes, sketches);
  return allocate(world.claims, world.nodes, now);
}

/** Who makes way, as `victim -instances @ nodes`, in order of names. */
export function evictions(granted: ReadonlyMap<string, Grant>): readonly string[] {
  return [...granted]
    .flatMap(([key, { eviction }]) =>
      eviction === undefined ? [] : [`${key} -${eviction.instances} @ ${eviction.nodes.join('|')}`],
    )
    .sort();
}
