import { findCondition } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { LinesLogger } from './helpers/lines-logger.js';
import { dynamic, onNodes, World } from './helpers/world.js';

describe('a node that goes away', () => {
  it('for a moment is no reason to do anything', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(3));
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
    await world.settle();
    await world.pass(20_000, 1000);
    const { writes } = world.calls;
    const revision = await world.registry.store.revision();
    world.cluster.takeNodeDown('worker-1', 'link');
    await world.pass(6000);
    world.cluster.bringNodeUp('worker-1');
    await world.pass(60_000, 1000);
    expect(world.calls.writes).toBe(writes);
    expect(await world.registry.store.revision()).toBe(revision);
  });

  it('for longer leaves a Dynamic service to the platform, which moves its instances, and is told', async () => {
    const logger = new LinesLogger();
    await using world = await World.start({ operator: { logger } });
    await world.apply('web', dynamic(3));
    await world.settle();
    await world.pass(20_000, 1000);
    const { writes } = world.calls;
    world.cluster.takeNodeDown('worker-1');
    await world.until('all run elsewhere', () => world.running('web').every((line) => !line.startsWith('worker-1')));
    await world.pass(120_000, 1000);
    world.cluster.bringNodeUp('worker-1');
    await world.pass(60_000, 1000);
    expect(world.running('web')).toHaveLength(3);
    expect(world.calls.writes).toBe(writes);
    expect((await world.operator.unsettled()).size).toBe(0);
    expect(await world.reasons('web')).toContain('MinimumReplicasUnavailable');
    expect(logger.lines).toContainEqual(expect.stringMatching(/^warn 2 of 3 instances are available/));
  });

  it('and returns with a duplicate has that stopped', async () => {
    await using world = await World.start({ simulator: { settings: { returningNode: 'keepDuplicate' } } });
    await world.apply('web', dynamic(3));
    await world.settle();
    world.cluster.takeNodeDown('worker-1', 'link');
    await world.pass(30_000, 1000);
    world.cluster.bringNodeUp('worker-1');
    await world.pass(1000);
    expect(world.running('web')).toHaveLength(4);
    await world.until('the duplicate is gone', () => world.running('web').length === 3);
    await world.settle();
    await world.pass(90_000, 1000);
    expect(await world.reasons('web')).toContain('Heal');
  });

  it('keeps a Static service waiting, ever more patiently, and it goes on by itself', async () => {
    await using world = await World.start();
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
    await world.settle();
    await world.pass(20_000, 1000);
    world.cluster.takeNodeDown('worker-1');
    await world.pass(30_000, 1000);
    const degraded = findCondition((await world.get('telemetry')).status?.conditions, 'Degraded');
    expect(degraded).toMatchObject({ status: 'True', reason: 'InstancesFailed' });
    expect(degraded?.message).toContain('worker-1 is offline');
    const { writes } = world.calls;
    await world.pass(1_800_000, 10_000);
    expect(world.calls.writes - writes).toBeLessThanOrEqual(9);
    expect((await world.get('telemetry')).status?.readyReplicas).toBe(1);
    world.cluster.bringNodeUp('worker-1');
    await world.settle();
    expect(world.running('telemetry')).toHaveLength(2);
  });

  it('again and again does not make us do something each time', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(3));
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
    await world.settle();
    const { writes } = world.calls;
    for (let time = 0; time < 8; time++) {
      world.cluster.takeNodeDown('worker-1', 'link');
      await world.pass(14_000, 2000);
      world.cluster.bringNodeUp('worker-1');
      await world.pass(14_000, 2000);
    }
    expect(world.calls.writes - writes).toBeLessThanOrEqual(3);
    await world.settle();
    expect(world.running('web')).toHaveLength(3);
  });
});

describe('an operator that starts', () => {
  it('goes on with the patience of the one before', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(1, 'web@1.2.0-broken#sylixos'));
    await world.pass(900_000, 10_000);
    const { writes } = world.calls;
    for (let start = 0; start < 5; start++) {
      await world.killOperator();
      await world.startOperator();
      await world.pass(60_000, 2000);
    }
    expect(world.calls.writes - writes).toBeLessThanOrEqual(1);
  });

  it('removes what a crashed rollout has left', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(4));
    await world.settle();
    await world.apply('web', dynamic(4, 'web@1.1.0#sylixos'));
    await world.until('both run', () => world.platformServices('web').length === 2);
    await world.killOperator();
    await world.apply('web', dynamic(4, 'web@2.0.0#sylixos'));
    await world.startOperator();
    await world.settle();
    expect(world.platformServices('web')).toHaveLength(1);
    expect(world.running('web').every((line) => line.endsWith('web@2.0.0'))).toBe(true);
  });
});

it('rolls a service with a fixed port where the one node to spare is away', async () => {
  await using world = await World.start();
  const spec = (image: string) => dynamic(2, image, { template: { image, vsoa: { port: 5000 } } });
  await world.apply('web', spec('web@1.0.0#sylixos'));
  await world.settle();
  world.cluster.takeNodeDown('worker-3');
  await world.pass(30_000, 1000);
  let least = 2;
  world.onEvent = () => (least = Math.min(least, world.running('web').length));
  await world.apply('web', spec('web@1.1.0#sylixos'));
  await world.settle();
  expect(world.running('web')).toEqual(['worker-1 web@1.1.0', 'worker-2 web@1.1.0']);
  expect(least).toBe(1);
});
