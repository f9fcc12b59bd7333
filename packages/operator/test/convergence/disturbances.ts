import { isNotFoundError } from '@ecsm/api-types';
import type { SeededRandom } from '@ecsm/api-types/testing';
import type { UpdateServiceRequest } from '@ecsm/ecsm-client';

import { isRead } from '../helpers/counting-clientset.js';
import { sylixosNodes, type World } from '../helpers/world.js';
import type { BoundsGuard } from './bounds-guard.js';
import type { ForeignServices } from './foreign-services.js';
import { randomAnnotations, randomSpec } from './random-spec.js';

/** Names of the objects in a scenario. */
export const names = ['web', 'radio', 'nav'] as const;

/** What a disturbance acts in. */
export interface Play {
  readonly world: World;
  readonly dice: SeededRandom;
  readonly guard: BoundsGuard;
  readonly foreign: ForeignServices;
}

/** A reference that no registry has. */
const wrongImage = 'web@9.9.9#sylixos';
/** How late a call may reach the platform: less than an operator waits before it looks what became of it. */
const latestMs = 2500;

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

/** A platform service of ours picked at random, if there is one. */
function someService({ world, dice, foreign }: Play) {
  const services = [...world.cluster.state.services.values()].filter(
    ({ id, deleting }) => !deleting && !foreign.has(id),
  );
  return services.length === 0 ? undefined : dice.pick(services);
}

type Service = NonNullable<ReturnType<typeof someService>>;

/** Somebody sends the definition of a service with something else in it. */
function updateByHand({ cluster }: World, service: Service, change: Partial<UpdateServiceRequest>): void {
  const { id, name, image, policy, factor, nodeNames } = service;
  const factorNow = factor === undefined ? {} : { factor };
  cluster.services.update({ id, name, image, policy, node: { names: nodeNames }, ...factorNow, ...change });
}

/** Whatever was sent and is still on its way arrives. */
async function deliverLate({ calls }: World): Promise<void> {
  // What it is answered nobody hears.
  for (const run of calls.late.splice(0)) await run().catch(() => undefined);
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
  async editToWrongImage({ world, dice }) {
    const name = dice.pick(names);
    try {
      const { spec } = await world.get(name);
      await world.apply(name, { ...spec, template: { image: wrongImage } });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    return `${name} gets an image that is not there`;
  },
  async correctImages({ world }) {
    for (const name of names) {
      if (await isGone(world, name)) continue;
      const { spec, metadata } = await world.get(name);
      if (spec.template.image !== wrongImage || metadata.deletionTimestamp !== undefined) continue;
      await world.apply(name, { ...spec, template: { image: 'web@1.0.0#sylixos' } });
    }
    return 'images corrected';
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
    // What the dead operator had sent arrives now or never.
    await deliverLate(world);
    await world.pass(dice.int(0, 4000));
    await world.startOperator();
    return 'crash';
  },
  async loseAnswers({ world, dice }) {
    const share = dice.int(5, 40) / 100;
    world.calls.dice = (method) => {
      if (!dice.chance(share)) return undefined;
      const fault = isRead(method) ? 'unreached' : dice.pick(['unreached', 'unanswered', 'late'] as const);
      if (fault === 'late') world.clock.setTimer(() => void deliverLate(world), dice.int(0, latestMs));
      return fault;
    };
    return `lose ${share}`;
  },
  async answer({ world }) {
    world.calls.dice = () => undefined;
    return 'no losses';
  },
  async outage({ world, dice }) {
    const before = world.calls.dice;
    world.calls.dice = () => 'unreached';
    await world.pass(dice.int(5, 200) * 1000, 1000);
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
  async nodeAwayForAMoment({ world, dice, guard }) {
    guard.disturbed();
    const node = dice.pick(sylixosNodes);
    world.cluster.takeNodeDown(node, 'link');
    await world.pass(dice.int(1, 40) * 500, 500);
    guard.disturbed();
    world.cluster.bringNodeUp(node);
    return `${node} away for a moment`;
  },
  async squat({ world, dice, foreign }) {
    const name = dice.pick(names);
    if (world.platformServices(name).some((each) => each.endsWith('-00000000'))) return 'nothing';
    return `somebody makes ${foreign.squat(name, '00000000')}`;
  },
  async stopSquatting({ foreign }) {
    foreign.leave();
    return 'strangers leave';
  },
  async handDelete(play) {
    play.guard.disturbed();
    const service = someService(play);
    if (service !== undefined) play.world.cluster.services.delete(service);
    return `deleted by hand ${service?.name ?? ''}`;
  },
  async handStop(play) {
    play.guard.disturbed();
    const service = someService(play);
    if (service !== undefined) play.world.cluster.services.act(service, play.dice.pick(['stop', 'pause'] as const));
    return `stopped by hand ${service?.name ?? ''}`;
  },
  async handScale(play) {
    const { world, dice, guard } = play;
    guard.disturbed();
    const service = someService(play);
    if (service === undefined) return 'nothing to scale';
    updateByHand(world, service, {
      ...(dice.chance(0.3) ? { node: { names: service.nodeNames.slice(0, 1) } } : {}),
      ...(service.policy === 'dynamic' ? { factor: dice.int(1, 5) } : {}),
    });
    return `scaled by hand ${service.name}`;
  },
  async handRename(play) {
    const { world, dice, guard } = play;
    guard.disturbed();
    const service = someService(play);
    if (service === undefined) return 'nothing to rename';
    const { name } = service;
    const other = `renamed-${dice.int(1, 1_000_000)}`;
    updateByHand(world, service, { name: other });
    return `renamed by hand ${name} to ${other}`;
  },
  async handChange(play) {
    const { world, dice, guard } = play;
    guard.disturbed();
    const service = someService(play);
    if (service === undefined) return 'nothing to change';
    const config = { ...service.image.config, hostname: `hand-${dice.int(1, 9)}` };
    updateByHand(world, service, { image: { ...service.image, config } });
    return `changed by hand ${service.name}`;
  },
  async kill(play) {
    const { world, dice, guard } = play;
    guard.disturbed();
    const tasks = [...(someService(play)?.tasks ?? [])];
    const running = tasks.filter((task) => task.phase === 'running' && task.node.link === 'up');
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
