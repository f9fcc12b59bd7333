import { isNotFoundError, type ECSMServiceSpec } from '@ecsm/api-types';
import type { SeededRandom } from '@ecsm/api-types/testing';
import type { NodeLoss } from '@ecsm/ecsm-simulator';

import { soakImages, type SoakSystem } from './soak-system.js';

/** What a disturbance acts in. */
export interface SoakPlay {
  readonly system: SoakSystem;
  readonly dice: SeededRandom;
  /** Names of all objects. */
  readonly names: readonly string[];
  /** Names of all nodes. */
  readonly nodes: readonly string[];
}

/** Anything a user may ask for: up to three instances on up to three nodes. */
export function soakSpec(dice: SeededRandom, nodes: readonly string[]): ECSMServiceSpec {
  const first = dice.int(0, nodes.length - 1);
  const chosen = [0, 1, 2].map((step) => nodes[(first + step) % nodes.length] ?? '');
  return {
    deploymentStrategy: { type: 'Dynamic', replicas: dice.int(1, 3), nodePool: [...new Set(chosen)] },
    template: { image: dice.pick(soakImages) },
  };
}

function anyService({ system, dice }: SoakPlay) {
  const services = [...system.simulator.cluster.state.services.values()].filter(({ deleting }) => !deleting);
  return services.length === 0 ? undefined : dice.pick(services);
}

/** What may happen in a day, each a few times. */
export const soakDisturbances = {
  async kill({ system, dice }) {
    const tasks = [...system.simulator.cluster.state.services.values()].flatMap(({ tasks }) => [...tasks]);
    const running = tasks.filter(({ phase, node }) => phase === 'running' && node.link === 'up');
    if (running.length > 0) system.simulator.cluster.killContainer(dice.pick(running).id);
  },
  async nodeDown({ system, dice, nodes }) {
    const { cluster } = system.simulator;
    // One at a time, so that everything can go on elsewhere.
    for (const node of nodes) cluster.bringNodeUp(node);
    cluster.takeNodeDown(dice.pick(nodes), dice.pick<NodeLoss>(['power', 'link']));
  },
  async nodesUp({ system, nodes }) {
    for (const node of nodes) system.simulator.cluster.bringNodeUp(node);
  },
  async handDelete(play) {
    const service = anyService(play);
    if (service !== undefined) play.system.simulator.cluster.services.delete(service);
  },
  async handStop(play) {
    const service = anyService(play);
    if (service !== undefined) play.system.simulator.cluster.services.act(service, 'stop');
  },
  async handChange(play) {
    const service = anyService(play);
    if (service === undefined) return;
    const { id, name, policy, image, nodeNames } = service;
    const factor = policy === 'dynamic' ? { factor: play.dice.int(1, 5) } : {};
    play.system.simulator.cluster.services.update({ id, name, policy, image, node: { names: nodeNames }, ...factor });
  },
  async userEdit({ system, dice, names, nodes }) {
    const name = dice.pick(names);
    const spec = soakSpec(dice, nodes);
    await system.services.apply({ apiVersion: 'ecsm.sh/v1', kind: 'ECSMService', metadata: { name }, spec });
  },
  async userReplace({ system, dice, names, nodes }) {
    const name = dice.pick(names);
    await system.services.delete(name);
    const isGone = (): Promise<boolean> =>
      system.services.get(name).then(
        () => false,
        (error: unknown) => isNotFoundError(error),
      );
    // Its instances may be on a node that is away: then it comes back as it was told to be once it is gone.
    for (const node of nodes) system.simulator.cluster.bringNodeUp(node);
    for (let waits = 0; !(await isGone()); waits++) {
      if (waits > 120) throw new Error(`${name} is not gone an hour after its deletion`);
      await system.pass(30_000);
    }
    const spec = soakSpec(dice, nodes);
    await system.services.apply({ apiVersion: 'ecsm.sh/v1', kind: 'ECSMService', metadata: { name }, spec });
  },
  async outage({ system, dice }) {
    system.simulator.faults.startOutage(dice.int(5, 300) * 1000, dice.pick(['lost', 'reset']));
  },
} satisfies Record<string, (play: SoakPlay) => Promise<void>>;
