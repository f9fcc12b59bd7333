import { candidateNodes, desiredReplicas, type ECSMService, type Stored } from '@ecsm/api-types';
import { SeededRandom } from '@ecsm/api-types/testing';

import type { World } from '../helpers/world.js';
import { sized, sizedOn, smallWorld } from './small-cluster.js';

const nodes = ['a', 'b', 'c'] as const;
const names = ['red', 'green', 'blue', 'white', 'black'] as const;

/** How a run went. */
export interface FillResult {
  /** Instances given up for somebody of higher priority. */
  readonly evictions: number;
  /** Simulated milliseconds from the last disturbance until nothing was written any more. */
  readonly restedInMs: number;
}

function randomSpec(dice: SeededRandom) {
  const memory = dice.pick(['32Mi', '64Mi', '96Mi'] as const);
  const pool = nodes.filter(() => dice.chance(0.7));
  const places = pool.length === 0 ? [dice.pick(nodes)] : pool;
  const more = {
    priority: dice.int(0, 3),
    preemptionPolicy: dice.chance(0.2) ? 'Never' : 'PreemptLowerPriority',
  } as const;
  return dice.chance(0.2) ? sizedOn(places, memory, more) : sized(dice.int(0, 6), memory, places, more);
}

const needOf = (service: ECSMService): number =>
  Number.parseInt(service.spec.template.resources?.limits?.memory ?? '0', 10);

/** Instances of an object that run, by node. */
function instancesOf(world: World, name: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of world.running(name)) {
    const [node = ''] = line.split(' ');
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}

/** Fails when somebody runs less than the order of priorities gives it. */
async function checkOrder(world: World): Promise<void> {
  const { items } = await world.services.list();
  const runs = new Map(items.map((service) => [service.metadata.name, instancesOf(world, service.metadata.name)]));
  const count = (service: Stored<ECSMService>, node?: string): number => {
    const on = runs.get(service.metadata.name) ?? new Map<string, number>();
    return node === undefined ? [...on.values()].reduce((sum, each) => sum + each, 0) : (on.get(node) ?? 0);
  };
  for (const service of items) {
    const { name } = service.metadata;
    const missing = desiredReplicas(service) - count(service);
    if (missing < 0) throw new Error(`${name} runs ${-missing} too many`);
    if (missing === 0) continue;
    for (const node of candidateNodes(service)) {
      if (service.spec.deploymentStrategy.type === 'Static' && count(service, node) > 0) continue;
      const state = world.cluster.state.nodesByName.get(node);
      const free = (state?.memoryMB ?? 0) - (state?.memoryUsedMB ?? 0);
      if (free >= needOf(service)) throw new Error(`${name} does not use ${free} MiB free on ${node}`);
      if (service.spec.preemptionPolicy === 'Never') continue;
      const lower = items.filter(({ spec }) => (spec.priority ?? 0) < (service.spec.priority ?? 0));
      const held = lower.reduce((sum, each) => sum + count(each, node) * needOf(each), 0);
      if (free + held >= needOf(service) + 0.03 * 256)
        throw new Error(`${name} waits behind lower priorities on ${node}`);
    }
  }
}

/** Fails when an object has two platform services, or one gave way to nobody better. */
function guard(world: World, priorities: Map<string, number>): void {
  const seen = new Set<string>();
  for (const { name, deleting } of world.cluster.state.services.values()) {
    if (deleting) continue;
    if (seen.has(name)) throw new Error(`the platform holds ${name} twice`);
    seen.add(name);
  }
  for (const action of world.actions.splice(0)) {
    const [, to, priority] = / made way to default\/(\S+) \(priority (-?\d+)\)/.exec(action.reason) ?? [];
    if (to === undefined || !('name' in action)) continue;
    const [victim = ''] = action.name.split('-');
    if ((priorities.get(victim) ?? Infinity) >= Number(priority))
      throw new Error(`${victim} made way to ${to}: ${action.reason}`);
  }
}

/**
 * Fills and empties a small cluster with objects of mixed priorities while the operator is killed, answers get lost and nodes
 * fail, then leaves it alone, and checks that everybody runs what the order of priorities gives it, and that all is still.
 *
 * @throws when an invariant is broken
 */
export async function fillAndEmpty(seed: number, length = 16): Promise<FillResult> {
  const dice = new SeededRandom(seed);
  const steps: string[] = [];
  const priorities = new Map<string, number>();
  let evictions = 0;
  await using world = await smallWorld(nodes, {
    simulator: { seed },
    operator: {
      onAction: (_key, action) => {
        world.actions.push(action);
        if (action.reason.includes(' made way to ')) evictions++;
      },
    },
  });
  const disturbances: Record<string, () => Promise<void>> = {
    apply: async () => {
      const name = dice.pick(names);
      const spec = randomSpec(dice);
      steps.push(
        `apply ${name} ${JSON.stringify([spec.deploymentStrategy, spec.priority, spec.preemptionPolicy, spec.template.resources])}`,
      );
      // A change of type while a deletion is under way and the like is refused; the next one will do.
      const applied = await world.apply(name, spec).catch((error: unknown) => {
        if (!(error instanceof Error)) throw error;
        return undefined;
      });
      if (applied !== undefined) priorities.set(name, Math.max(-Infinity, spec.priority ?? 0));
    },
    remove: async () => {
      const name = dice.pick(names);
      steps.push(`delete ${name}`);
      await world.services.delete(name);
    },
    kill: async () => {
      steps.push('kill');
      await world.killOperator();
      await world.pass(dice.int(0, 6) * 500, 500);
      await world.startOperator();
    },
    lose: () => {
      const share = dice.int(0, 30) / 100;
      steps.push(`lose ${share}`);
      world.calls.dice = (method) =>
        !dice.chance(share)
          ? undefined
          : method.endsWith('.all') || method.endsWith('.get') || dice.chance(0.5)
            ? 'unreached'
            : 'unanswered';
      return Promise.resolve();
    },
    nodeDown: () => {
      const node = dice.pick(nodes);
      steps.push(`${node} down`);
      world.cluster.takeNodeDown(node, dice.pick(['power', 'link'] as const));
      return Promise.resolve();
    },
    nodeUp: () => {
      steps.push('nodes up');
      for (const node of nodes) world.cluster.bringNodeUp(node);
      return Promise.resolve();
    },
  };
  try {
    for (let step = 0; step < length; step++) {
      const kind = dice.chance(0.5) ? 'apply' : dice.pick(Object.keys(disturbances));
      await disturbances[kind]?.();
      await world.pass(dice.int(0, 12) * 1000, 500);
      guard(world, priorities);
    }
    await disturbances['nodeUp']?.();
    world.calls.dice = () => undefined;
    const before = evictions;
    const restedInMs = await rest(world);
    guard(world, priorities);
    await checkOrder(world);
    const wanted = (await world.services.list()).items.reduce((sum, each) => sum + desiredReplicas(each), 0);
    if (evictions - before > wanted * 2) throw new Error(`${evictions - before} evictions for ${wanted} instances`);
    const revision = await world.registry.store.revision();
    const { writes } = world.calls;
    await world.pass(300_000, 5000);
    const late = world.actions.map(({ type, reason }) => `${type}: ${reason}`);
    if (world.calls.writes !== writes) throw new Error(`writes to the platform at rest: ${late.join('; ')}`);
    if ((await world.registry.store.revision()) !== revision) throw new Error('writes to the registry at rest');
    return { evictions, restedInMs };
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}\nafter ${steps.join('\n      ')}`, { cause: error });
  }
}

/** How long nothing may be written before a cluster counts as at rest, longer than a node is avoided: milliseconds. */
const stillMs = 650_000;

/** Lets time pass until nothing is written any more; returns how long it took. */
async function rest(world: World): Promise<number> {
  const from = world.clock.now();
  let writtenMs = from;
  let writes = -1;
  while (world.clock.now() - writtenMs < stillMs) {
    if (world.clock.now() - from > 3_000_000) throw new Error(`no rest: ${world.happened.slice(-20).join('\n')}`);
    await world.pass(10_000, world.clock.now() - writtenMs > 60_000 ? 5000 : 1000);
    if (world.calls.writes !== writes) writtenMs = world.clock.now();
    ({ writes } = world.calls);
  }
  return writtenMs - from;
}
