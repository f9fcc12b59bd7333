import { Event, findCondition, isConditionTrue } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { dynamic, World } from './helpers/world.js';

/** A world whose platform takes its time to restart what has died, and one instance that runs in it. */
async function withOneInstance(): Promise<World> {
  const world = await World.start({ simulator: { settings: { restartBaseMs: 15_000, restartMaxMs: 15_000 } } });
  await world.apply('web', dynamic(1));
  await world.settle();
  await world.pass(120_000, 1000);
  return world;
}

/** Kills the one instance again and again, whenever it runs. */
async function crash(world: World, times: number): Promise<void> {
  const [name = ''] = world.platformServices('web');
  const [task] = world.cluster.service(name).tasks;
  for (let count = 0; count < times; count++) {
    await world.until('it runs', () => task?.phase === 'running');
    world.cluster.killContainer(task?.id ?? '');
    await world.pass(30_000);
  }
}

async function revision(world: World): Promise<number> {
  return Number((await world.registry.resource(Event).list()).resourceVersion);
}

async function isAvailable(world: World): Promise<boolean> {
  return isConditionTrue((await world.get('web')).status?.conditions, 'Available');
}

describe('a service that crashes again and again', () => {
  it('is told a few times and then calmly', async () => {
    await using world = await withOneInstance();
    const before = await revision(world);
    await crash(world, 100);
    expect((await revision(world)) - before).toBeLessThan(25);
    const { items } = await world.registry.resource(Event).list();
    expect(items.find(({ reason }) => reason === 'RolloutComplete')?.count).toBe(1);
    const { conditions } = (await world.get('web')).status ?? {};
    expect(findCondition(conditions, 'Available')?.status).toBe('False');
    expect(findCondition(conditions, 'Degraded')?.reason).toBe('InstancesFailed');
    expect([...(await world.operator.unsettled()).values()].join()).toContain('0 of 1 instances are available');
    await world.until('that it lasts is told', () => isAvailable(world), 400_000, 1000);
    expect(await world.operator.unsettled()).toEqual(new Map());
  });

  it('is told at once as long as it has crashed but a few times', async () => {
    await using world = await withOneInstance();
    for (let count = 0; count < 3; count++) {
      await crash(world, 1);
      await world.until('it runs again, and says so', () => isAvailable(world), 15_000);
    }
    await world.pass(120_000, 1000);
    const { items } = await world.registry.resource(Event).list();
    const told = (reason: string) => items.find((event) => event.reason === reason)?.count;
    expect([told('MinimumReplicasUnavailable'), told('MinimumReplicasAvailable')]).toEqual([3, 3]);
  });

  it('is not held back from telling the rollout that mends it', async () => {
    await using world = await withOneInstance();
    await crash(world, 10);
    await world.apply('web', dynamic(1, 'web@1.1.0#sylixos'));
    await world.until('the new one is told', () => isAvailable(world), 30_000);
  });
});
