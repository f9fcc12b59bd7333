import { Event, UnavailableError } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { LinesLogger } from './helpers/lines-logger.js';
import { dynamic, onNodes, World } from './helpers/world.js';

/** Lets a broken object and a well one go side by side; returns what the broken one says once the well one runs. */
async function besideAnother(
  world: World,
  spec: ReturnType<typeof dynamic>,
): Promise<{ readonly conditions: string; readonly events: string }> {
  await world.apply('broken', spec);
  await world.apply('well', dynamic(1));
  const from = world.clock.now();
  await world.until('the other one runs', () => world.running('well').length === 1, 10_000);
  expect(world.clock.now() - from).toBeLessThan(5000);
  await world.pass(30_000);
  const { status } = await world.get('broken');
  const { items } = await world.registry.resource(Event).list();
  return {
    conditions: (status?.conditions ?? [])
      .map(({ type, status: is, reason, message }) => `${type} ${is} ${reason}: ${message}`)
      .join('\n'),
    events: items
      .filter(({ involvedObject }) => involvedObject.name === 'broken')
      .map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
      .join('\n'),
  };
}

describe('what cannot be', () => {
  it('says that an image does not exist and how to go on', async () => {
    await using world = await World.start();
    const { conditions, events } = await besideAnother(world, dynamic(1, 'missing@1.0.0'));
    const words = 'ImageNotFound: the platform has no image missing@1.0.0: push it, or correct spec.template.image';
    expect(conditions).toContain(`Degraded True ${words}`);
    expect(events).toContain(`Warning ${words}`);
  });

  it('does not take a service for missing that could not be made', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(3));
    await world.settle();
    await world.apply('web', dynamic(3, 'missing@1.0.0'));
    await world.pass(30_000, 1000);
    const reasons = await world.reasons('web');
    expect(reasons).toContain('ImageNotFound');
    expect(reasons).not.toContain('ServiceMissing');
  });

  it('says that every node of the pool is offline', async () => {
    await using world = await World.start();
    world.cluster.takeNodeDown('worker-3');
    await world.pass(12_000);
    const spec = dynamic(1);
    const { conditions, events } = await besideAnother(world, {
      ...spec,
      deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: ['worker-3'] },
    });
    expect(conditions).toContain('worker-3 is offline');
    expect(events).toContain('worker-3 is offline');
  });

  it('says that no node has as much memory', async () => {
    await using world = await World.start();
    const image = 'web@1.0.0#sylixos';
    const template = { image, resources: { limits: { memory: '64Gi' } } };
    const { conditions, events } = await besideAnother(world, dynamic(1, image, { template }));
    expect(conditions).toContain('each needs 65536Mi of memory');
    expect(events).toContain('each needs 65536Mi of memory');
  });

  it('says that a node does not exist', async () => {
    await using world = await World.start();
    const { conditions, events } = await besideAnother(world, onNodes(['nowhere']));
    const words = 'PlatformRefused: the platform refuses: parameter error: node.names must exist: nowhere';
    expect(conditions).toContain(`Degraded True ${words}`);
    expect(events).toContain(`Warning ${words}`);
  });

  it('says that the name is taken and how to go on', async () => {
    await using world = await World.start();
    await world.apply('broken', dynamic(1));
    await world.settle();
    const [name = ''] = world.platformServices('broken');
    await world.killOperator();
    world.cluster.services.delete(world.cluster.service(name));
    await world.until('it is gone', () => world.platformServices('broken').length === 0);
    const stranger = world.cluster.services.create({
      name,
      image: { ref: 'web@1.0.0#sylixos', action: 'run', config: {} },
      node: { names: ['worker-1'] },
      factor: 1,
      policy: 'dynamic',
    });
    await world.startOperator();
    const { conditions, events } = await besideAnother(world, dynamic(1));
    const words = `NameTaken: platform service ${name} (${stranger.id}) has this object's name but not its mark`;
    for (const text of [conditions, events]) {
      expect(text).toContain(words);
      expect(text).toContain(`delete it, or take it over with the annotation ecsm.sh/adopt: ${stranger.id}`);
    }
  });
});

describe('an earlier service that was renamed by hand in the middle of a rollout', () => {
  async function renamedInRollout(world: World): Promise<string> {
    await world.apply('web', dynamic(2));
    await world.settle();
    await world.apply('web', dynamic(2, 'web@1.1.0#sylixos'));
    await world.until('two services run', () => world.platformServices('web').length === 2);
    const [old] = world.cluster.state.services.values();
    if (old === undefined) throw new Error('there is no service');
    const { id, image, policy, factor = 1, nodeNames } = old;
    world.cluster.services.update({ id, name: 'renamed', image, policy, factor, node: { names: nodeNames } });
    return id;
  }

  it('is found by its mark', async () => {
    await using world = await World.start();
    const id = await renamedInRollout(world);
    await world.pass(15_000);
    await world.settle();
    expect(world.cluster.state.services.has(id)).toBe(false);
    expect(world.running('web').map((line) => line.split(' ')[1])).toEqual(['web@1.1.0', 'web@1.1.0']);
  });

  it('is found by an operator that has just started', async () => {
    await using world = await World.start();
    const id = await renamedInRollout(world);
    await world.killOperator();
    await world.startOperator();
    await world.pass(15_000);
    await world.settle();
    expect(world.cluster.state.services.has(id)).toBe(false);
    expect(world.running('web')).toHaveLength(2);
  });

  it('goes with its object', async () => {
    await using world = await World.start();
    const id = await renamedInRollout(world);
    await world.services.delete('web');
    await world.pass(30_000);
    expect(world.cluster.state.services.has(id)).toBe(false);
  });
});

describe('a registry that cannot be written for a while', () => {
  it('has what happens meanwhile told once, however often it is tried', async () => {
    const logger = new LinesLogger();
    await using world = await World.start({ operator: { logger } });
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
    await world.settle();
    const { store } = world.registry;
    const commit = store.commit.bind(store);
    store.commit = () => Promise.reject(new UnavailableError({ message: 'the disk is full' }));
    const told = (what: RegExp): number => logger.lines.filter((line) => what.test(line)).length;
    world.cluster.takeNodeDown('worker-1', 'link');
    await world.pass(20_000);
    expect(told(/^error a run failed/)).toBeGreaterThan(5);
    expect(told(/^warn .*InstancesFailed/)).toBe(1);
    store.commit = commit;
    await world.pass(80_000);
    expect((await world.get('telemetry')).status?.readyReplicas).toBe(1);
    expect(await world.reasons('telemetry')).toContain('InstancesFailed');
  });

  it('has the end told of what began and ended meanwhile', async () => {
    const logger = new LinesLogger();
    await using world = await World.start({ operator: { logger } });
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
    await world.settle();
    const { store } = world.registry;
    const commit = store.commit.bind(store);
    store.commit = () => Promise.reject(new UnavailableError({ message: 'the disk is full' }));
    for (const node of ['worker-1', 'worker-2']) world.cluster.takeNodeDown(node, 'link');
    await world.pass(15_000);
    expect(logger.lines).toContainEqual(expect.stringMatching(/^warn 0 of 2 instances are available/));
    for (const node of ['worker-1', 'worker-2']) world.cluster.bringNodeUp(node);
    await world.pass(60_000);
    expect(logger.lines).toContainEqual(expect.stringMatching(/^info 2 of 2 instances are available/));
    store.commit = commit;
    await world.settle();
  });
});
