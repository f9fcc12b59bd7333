import { desiredReplicas } from '@ecsm/api-types';

import { Dice } from '../helpers/dice.js';
import { World } from '../helpers/world.js';
import { disturbances, isGone, names } from './disturbances.js';

/** Fails when the platform holds two services of one name, which means one object and one template. */
function checkTwins(world: World): void {
  const present = [...world.cluster.state.services.values()].filter((service) => !service.deleting);
  const seen = new Set<string>();
  for (const { name } of present) {
    if (seen.has(name)) throw new Error(`the platform holds ${name} twice`);
    seen.add(name);
  }
}

/** Fails when a stranger's service was touched. */
function checkStranger(world: World, before: string): void {
  const stranger = world.cluster.service('stranger');
  if (JSON.stringify([stranger.image, stranger.factor, stranger.nodeNames, stranger.deleting]) !== before) {
    throw new Error("a stranger's service was touched");
  }
}

/** How a scenario went. */
export interface ScenarioResult {
  /** Simulated milliseconds from the last disturbance until everything was as it should be. */
  readonly settledInMs: number;
  readonly steps: readonly string[];
}

/**
 * Disturbs a system in every way at random, then leaves it alone, and checks that it converges and then rests.
 *
 * @throws when something was touched or doubled that must not be, or it does not converge
 */
export async function runScenario(seed: number, length = 14): Promise<ScenarioResult> {
  const dice = new Dice(seed);
  const steps: string[] = [];
  await using world = await World.start({ simulator: { seed } });
  try {
    const stranger = world.cluster.services.create({
      name: 'stranger',
      image: { ref: 'camera@latest#sylixos', action: 'run', config: {} },
      node: { names: ['worker-1'] },
      factor: 1,
      policy: 'dynamic',
    });
    const before = JSON.stringify([stranger.image, stranger.factor, stranger.nodeNames, stranger.deleting]);
    world.onEvent = () => checkTwins(world);
    steps.push(await disturbances.edit(world, dice));
    for (let step = 0; step < length; step++) {
      const kind = dice.chance(0.35) ? 'edit' : dice.pick(Object.keys(disturbances) as (keyof typeof disturbances)[]);
      if (kind === 'handDelete' || kind === 'handStop' || kind === 'handScale' || kind === 'handChange') {
        // The stranger is nobody's to change in this play.
        stranger.deleting = true;
        steps.push(await disturbances[kind](world, dice));
        stranger.deleting = false;
      } else steps.push(await disturbances[kind](world, dice));
      await world.pass(dice.between(0, 8) * 500, 500);
      checkTwins(world);
      checkStranger(world, before);
    }
    await disturbances.answer(world);
    await disturbances.nodesUp(world);
    // Whatever happened last is seen with the next look, at the latest.
    await world.pass(12_000, 500);
    const settledInMs = await world.settle(1_500_000);
    await checkEnd(world);
    checkStranger(world, before);
    // Repeated events are written a minute later.
    await world.pass(90_000, 1000);
    await world.settle(600_000);
    const { writes } = world.calls;
    const revision = await world.registry.store.revision();
    await world.pass(700_000, 5000);
    if (world.calls.writes !== writes) throw new Error(`${world.calls.writes - writes} writes to the platform at rest`);
    if ((await world.registry.store.revision()) !== revision) throw new Error('writes to the registry at rest');
    await checkEnd(world);
    return { settledInMs, steps };
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}\nafter ${steps.join('\n      ')}`, { cause: error });
  }
}

async function checkEnd(world: World): Promise<void> {
  for (const name of names) {
    const gone = await isGone(world, name);
    const service = gone ? undefined : await world.get(name);
    const wanted = service === undefined ? 0 : desiredReplicas(service);
    const running = world.running(name);
    const [image = ''] = service?.spec.template.image.split('#') ?? [];
    const right = running.length === wanted && running.every((line) => line.endsWith(` ${image}`));
    const services = world.platformServices(name).length;
    if (!right || services !== (wanted === 0 ? 0 : 1)) {
      throw new Error(`${name} should run ${wanted} of ${image}, and runs ${services} services: ${running.join(', ')}`);
    }
  }
}
