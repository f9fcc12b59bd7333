import { isNotFoundError } from '@ecsm/api-types';

import { isRead } from '../helpers/counting-clientset.js';
import type { Dice } from '../helpers/dice.js';
import { sylixosNodes, type World } from '../helpers/world.js';
import type { BoundsGuard } from './bounds-guard.js';
import { randomAnnotations, randomSpec } from './random-spec.js';

/** Names of the objects in a scenario. */
export const names = ['web', 'radio', 'nav'] as const;

/** What a disturbance acts in. */
export interface Play {
  readonly world: World;
  readonly dice: Dice;
  readonly guard: BoundsGuard;
}

async function setPaused(world: World, name: string, paused: boolean): Promise<void> {
  try {
    const { spec, metadata } = await world.get(name);
    if (metadata.deletionTimestamp === undefined && (spec.paused ?? false) !== paused) {
      await world.services.patch(name, { type: 'merge', patch: { spec: { paused: paused ? true : null } } });
    }
  } catch (error) {
    if (!isNotFoundError(error)) throw error;
  }
}

/** A platform service picked at random, if there is one. */
function someService(world: World, dice: Dice) {
  const services = [...world.cluster.state.services.values()].filter((service) => !service.deleting);
  return services.length === 0 ? undefined : dice.pick(services);
}

/** What may happen; each returns what it did in words. */
export const disturbances = {
  async edit({ world, dice, guard }) {
    const name = dice.pick(names);
    const spec = randomSpec(dice, name);
    guard.asked(name, spec);
    await world.apply(name, spec, randomAnnotations(dice)).catch((error: unknown) => {
      // A deletion under way refuses a changed strategy type and the like; the next edit will do.
      if (!(error instanceof Error)) throw error;
    });
    return `edit ${name} ${JSON.stringify(spec)}`;
  },
  async pause({ world, dice }) {
    const name = dice.pick(names);
    await setPaused(world, name, true);
    return `pause ${name}`;
  },
  async resume({ world }) {
    for (const name of names) await setPaused(world, name, false);
    return 'resume all';
  },
  async remove({ world, dice, guard }) {
    const name = dice.pick(names);
    guard.asked(name, undefined);
    await world.services.delete(name);
    return `delete ${name}`;
  },
  async crash({ world, dice }) {
    await world.killOperator();
    await world.pass(dice.between(0, 4000));
    await world.startOperator();
    return 'crash';
  },
  async loseAnswers({ world, dice }) {
    const share = dice.between(5, 40) / 100;
    world.calls.dice = (method) =>
      !dice.chance(share) ? undefined : isRead(method) || dice.chance(0.5) ? 'unreached' : 'unanswered';
    return `lose ${share}`;
  },
  async answer({ world }) {
    world.calls.dice = () => undefined;
    return 'no losses';
  },
  async outage({ world, dice }) {
    const before = world.calls.dice;
    world.calls.dice = () => 'unreached';
    await world.pass(dice.between(5, 200) * 1000, 1000);
    world.calls.dice = before;
    return 'outage';
  },
  async nodeDown({ world, dice, guard }) {
    guard.disturbed();
    const node = dice.pick(sylixosNodes);
    world.cluster.takeNodeDown(node, dice.pick(['power', 'link'] as const));
    return `${node} down`;
  },
  async nodesUp({ world, guard }) {
    guard.disturbed();
    for (const node of sylixosNodes) world.cluster.bringNodeUp(node);
    return 'nodes up';
  },
  async handDelete({ world, dice, guard }) {
    guard.disturbed();
    const service = someService(world, dice);
    if (service !== undefined) world.cluster.services.delete(service);
    return `deleted by hand ${service?.name ?? ''}`;
  },
  async handStop({ world, dice, guard }) {
    guard.disturbed();
    const service = someService(world, dice);
    if (service !== undefined) world.cluster.services.act(service, dice.pick(['stop', 'pause'] as const));
    return `stopped by hand ${service?.name ?? ''}`;
  },
  async handScale({ world, dice, guard }) {
    guard.disturbed();
    const service = someService(world, dice);
    if (service === undefined) return 'nothing to scale';
    const { id, name, image, policy } = service;
    const nodes = dice.chance(0.3) ? service.nodeNames.slice(0, 1) : service.nodeNames;
    world.cluster.services.update({
      id,
      name,
      image,
      policy,
      node: { names: nodes },
      ...(policy === 'dynamic' ? { factor: dice.between(1, 5) } : {}),
    });
    return `scaled by hand ${name}`;
  },
  async handRename({ world, dice, guard }) {
    guard.disturbed();
    const service = someService(world, dice);
    if (service === undefined) return 'nothing to rename';
    const { id, image, policy, factor } = service;
    const name = `renamed-${dice.between(1, 1_000_000)}`;
    const before = service.name;
    world.cluster.services.update({
      id,
      name,
      image,
      policy,
      node: { names: service.nodeNames },
      ...(factor === undefined ? {} : { factor }),
    });
    return `renamed by hand ${before} to ${name}`;
  },
  async handChange({ world, dice, guard }) {
    guard.disturbed();
    const service = someService(world, dice);
    if (service === undefined) return 'nothing to change';
    const { id, name, policy, factor } = service;
    const image = { ...service.image, config: { ...service.image.config, hostname: `hand-${dice.between(1, 9)}` } };
    world.cluster.services.update({
      id,
      name,
      image,
      policy,
      node: { names: service.nodeNames },
      ...(factor === undefined ? {} : { factor }),
    });
    return `changed by hand ${name}`;
  },
  async kill({ world, dice, guard }) {
    guard.disturbed();
    const service = someService(world, dice);
    const running = [...(service?.tasks ?? [])].filter((task) => task.phase === 'running' && task.node.link === 'up');
    if (running.length > 0) world.cluster.killContainer(dice.pick(running).id);
    return 'container killed';
  },
} satisfies Record<string, (play: Play) => Promise<string>>;

/** Whether an object is gone from the registry. */
export async function isGone(world: World, name: string): Promise<boolean> {
  return world.services.get(name).then(
    () => false,
    (error: unknown) => isNotFoundError(error),
  );
}
