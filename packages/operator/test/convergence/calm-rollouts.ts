import { SeededRandom } from '@ecsm/api-types/testing';
import { rollingBounds } from '@ecsm/planner';

import { isRead } from '../helpers/counting-clientset.js';
import { dynamic, World } from '../helpers/world.js';

const images = ['web@1.0.0#sylixos', 'web@1.1.0#sylixos', 'web@2.0.0#sylixos'] as const;

/**
 * Rolls new templates out again and again while the operator crashes and answers get lost, and checks after every event
 * in the cluster that no more instances are missing and no more exist than the strategy allows.
 *
 * @throws when a bound is broken
 */
export async function runCalmRollouts(seed: number, rollouts = 6): Promise<void> {
  const dice = new SeededRandom(seed);
  const replicas = dice.int(1, 8);
  const [maxSurge, maxUnavailable] = dice.pick([
    ['25%', '25%'],
    [1, 0],
    [0, 1],
    ['50%', '50%'],
    [2, 1],
  ] as const);
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } as const;
  const bounds = rollingBounds(maxSurge, maxUnavailable, replicas);
  await using world = await World.start({ simulator: { seed } });
  await world.apply('web', dynamic(replicas, images[0], { updateStrategy }));
  await world.settle();
  const check = (): void => {
    const tasks = [...world.cluster.state.services.values()]
      .filter((service) => service.name.startsWith('web-'))
      .flatMap((service) => [...service.tasks]);
    const ready = tasks.filter((task) => task.phase === 'running').length;
    if (ready < replicas - bounds.unavailable) {
      throw new Error(`only ${ready} of ${replicas} run, ${bounds.unavailable} may be missing`);
    }
    if (tasks.length > replicas + bounds.surge) {
      throw new Error(`${tasks.length} of ${replicas} exist, ${bounds.surge} may be more`);
    }
  };
  let broken: unknown;
  const steps: string[] = [];
  world.onEvent = ({ message }) => {
    if (broken !== undefined) return;
    steps.push(`${world.clock.now() % 10_000_000} ${message}; last action: ${world.actions.at(-1)?.reason ?? 'none'}`);
    try {
      check();
    } catch (error) {
      broken ??= error;
    }
  };
  for (let rollout = 0; rollout < rollouts; rollout++) {
    await world.apply('web', dynamic(replicas, dice.pick(images), { updateStrategy }));
    const share = dice.chance(0.5) ? 0.15 : 0;
    world.calls.dice = (method) => (dice.chance(share) ? (isRead(method) ? 'unreached' : 'unanswered') : undefined);
    await world.pass(dice.int(0, 20) * 250);
    if (dice.chance(0.4)) {
      await world.killOperator();
      await world.pass(dice.int(0, 8) * 250);
      await world.startOperator();
    }
    if (dice.chance(0.6)) await world.settle(600_000);
  }
  world.calls.dice = () => undefined;
  await world.pass(2000);
  await world.settle(600_000);
  if (broken instanceof Error) throw new Error(`seed ${seed}: ${broken.message}\n${steps.join('\n')}`);
}
