import { desiredReplicas, isConditionTrue, type ECSMService, type Stored } from '@ecsm/api-types';
import { SeededRandom } from '@ecsm/api-types/testing';

import { World } from '../helpers/world.js';
import { BoundsGuard } from './bounds-guard.js';
import { disturbances, isGone, names, type Play } from './disturbances.js';
import { ForeignServices } from './foreign-services.js';
import { keepsBounds, randomPlatform } from './platform-dice.js';

/** Services of one name, which means one object and one template: never where the platform refuses that, else not for long. */
class TwinWatch {
  readonly #world: World;
  readonly #refused: boolean;
  /** The count of lists when a name was first seen twice. */
  readonly #since = new Map<string, number>();

  constructor(world: World, refused: boolean) {
    this.#world = world;
    this.#refused = refused;
  }

  /** @throws when a name is there twice, or has been for too long */
  check(): void {
    const present = [...this.#world.cluster.state.services.values()].filter((service) => !service.deleting);
    const names = present.map(({ name }) => name);
    const twice = new Set(names.filter((name, index) => names.indexOf(name) < index));
    for (const name of this.#since.keys()) if (!twice.has(name)) this.#since.delete(name);
    for (const name of twice) {
      const { lists } = this.#world.calls;
      if (this.#refused || lists - (this.#since.get(name) ?? lists) > twinLists) {
        throw new Error(`the platform holds ${name} twice`);
      }
      if (!this.#since.has(name)) this.#since.set(name, lists);
    }
  }
}

/** Lists in which a twin may be seen: one that shows it, one begun before that was acted on, and some whose actions get lost. */
const twinLists = 6;

/** Complete looks at the platform within which everything is as it should be, once nobody disturbs it any more. */
const mostLooks = 300;

/** How a scenario went. */
export interface ScenarioResult {
  /** Simulated milliseconds from the last disturbance until everything was as it should be. */
  readonly settledInMs: number;
  /** Complete looks at the platform in that time. */
  readonly polls: number;
  /** Calls of the operator that were held against the bounds. */
  readonly judged: number;
  readonly steps: readonly string[];
}

/**
 * Disturbs a system in every way at random, then leaves it alone, and checks that it converges and then rests.
 *
 * @throws when something was touched or doubled that must not be, or it does not converge
 */
export async function runScenario(seed: number, length = 14): Promise<ScenarioResult> {
  const dice = new SeededRandom(seed);
  const steps: string[] = [];
  const settings = randomPlatform(dice);
  steps.push(`platform ${JSON.stringify(settings)}`);
  await using world = await World.start({ simulator: { seed, settings } });
  const twins = new TwinWatch(world, settings.duplicateNames !== 'accept');
  const foreign = new ForeignServices(world);
  const guard = new BoundsGuard(world, foreign, keepsBounds(settings) ? names : []);
  const play: Play = { world, dice, guard, foreign };
  let broken: Error | undefined;
  const check = (): void => {
    try {
      guard.look();
      twins.check();
      foreign.check();
    } catch (error) {
      broken ??= error instanceof Error ? error : new Error(String(error));
    }
  };
  const judge = (): void => {
    check();
    broken ??= guard.broken;
    if (broken !== undefined) throw broken;
  };
  try {
    world.onEvent = check;
    steps.push(await disturbances.edit(play));
    for (let step = 0; step < length; step++) {
      const kind = dice.chance(0.35) ? 'edit' : dice.pick(Object.keys(disturbances) as (keyof typeof disturbances)[]);
      steps.push(await disturbances[kind](play));
      await world.pass(dice.int(0, 8) * 500, 500);
      // Now and then the system gets the time to come to rest before the next blow.
      if (dice.chance(0.3)) await world.pass(30_000, 500);
      judge();
    }
    const { lists } = world.calls;
    await disturbances.answer(play);
    await disturbances.nodesUp(play);
    await disturbances.resume(play);
    await disturbances.correctImages(play);
    await disturbances.stopSquatting(play);
    // A node takes its time to boot, and whatever happened is seen with the next look, at the latest.
    await world.pass(20_000, 1000);
    const settledInMs = await world.settle(1_500_000);
    const polls = world.calls.lists - lists;
    if (polls > mostLooks) throw new Error(`it took ${polls} looks at the platform to come to rest`);
    await checkEnd(play);
    // A closer look finds what was changed by hand within ten minutes, and a node that was left is tried again after as many.
    await world.pass(620_000, 5000);
    await world.settle(600_000);
    // Repeated events of what that has led to are written a minute later.
    await world.pass(70_000, 5000);
    const { writes } = world.calls;
    const revision = await world.registry.store.revision();
    await world.pass(700_000, 5000);
    if (world.calls.writes !== writes) throw new Error(`${world.calls.writes - writes} writes to the platform at rest`);
    if ((await world.registry.store.revision()) !== revision) throw new Error('writes to the registry at rest');
    await checkEnd(play);
    judge();
    return { settledInMs, polls, judged: guard.judged, steps };
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}\nafter ${steps.join('\n      ')}`, { cause: error });
  }
}

/** @throws when something does not run as it should, is told otherwise than it is, or was left behind */
async function checkEnd({ world, foreign }: Play): Promise<void> {
  for (const name of names) {
    const gone = await isGone(world, name);
    const service = gone ? undefined : await world.get(name);
    const wanted = service === undefined ? 0 : desiredReplicas(service);
    const running = world.running(name);
    const [image = ''] = service?.spec.template.image.split('#') ?? [];
    const { nodes = [], nodePool = [] } = service?.spec.deploymentStrategy ?? {};
    const isStatic = service?.spec.deploymentStrategy.type === 'Static';
    const places = running.map((line) => line.replace(` ${image}`, ''));
    const right = isStatic
      ? [...nodes].sort().join() === places.join()
      : places.length === wanted && places.every((node) => nodePool.includes(node));
    const services = world.platformServices(name).length;
    if (!right || services !== (wanted === 0 ? 0 : 1)) {
      throw new Error(`${name} should run ${wanted} of ${image}, and runs ${services} services: ${running.join(', ')}`);
    }
    if (service !== undefined) checkStatus(service, wanted);
  }
  const left = [...world.cluster.state.services.values()].filter(({ id, name }) => {
    return !foreign.has(id) && !names.some((object) => name.startsWith(`${object}-`));
  });
  if (left.length > 0) throw new Error(`left behind: ${left.map(({ name }) => name).join(', ')}`);
}

function checkStatus({ metadata, status }: Stored<ECSMService>, wanted: number): void {
  const { replicas, readyReplicas, updatedReplicas, availableReplicas, observedGeneration, conditions } = status ?? {};
  const counts = [replicas, readyReplicas, updatedReplicas, availableReplicas];
  const told = counts.every((count) => (count ?? 0) === wanted) && observedGeneration === metadata.generation;
  if (!told || !isConditionTrue(conditions, 'Available') || isConditionTrue(conditions, 'Degraded')) {
    throw new Error(`the status of ${metadata.name} does not say so: ${JSON.stringify(status)}`);
  }
}
