import { ControllerRevision, findCondition } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { dynamic, onNodes, storeOtherHostNames, World } from './helpers/world.js';

describe('a platform that restarts every instance at each change', () => {
  it('is found out at the first scaling, reported, and remembered by the next operator', async () => {
    await using world = await World.start({ simulator: { settings: { putRestarts: 'all' } } });
    await world.apply('web', dynamic(2));
    await world.settle();
    await world.apply('web', dynamic(3));
    await world.settle();
    await world.pass(90_000, 1000);
    expect(await world.reasons('web')).toContain('ScaleRestarts');
    const said = findCondition((await world.get('web')).status?.conditions, 'ScaleRestarts');
    expect(said).toMatchObject({ status: 'True', reason: 'AllInstances' });
    await world.killOperator();
    await world.startOperator();
    await world.pass(2000);
    const before = world.actions.length;
    await world.apply('web', dynamic(3, 'web@1.1.0#sylixos'));
    await world.settle();
    expect(world.actions.slice(before).map(({ type }) => type)).toEqual(['destroy', 'create']);
    expect(world.running('web')).toHaveLength(3);
  });

  it('replaces without a gap where the surge has room for all', async () => {
    await using world = await World.start({ simulator: { settings: { putRestarts: 'all' } } });
    const updateStrategy = { rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } } as const;
    await world.apply('web', dynamic(2, 'web@1.0.0#sylixos', { updateStrategy }));
    await world.settle();
    await world.apply('web', dynamic(3, 'web@1.0.0#sylixos', { updateStrategy }));
    await world.settle();
    let least = 3;
    world.onEvent = () => (least = Math.min(least, world.running('web').length));
    await world.apply('web', dynamic(3, 'web@1.1.0#sylixos', { updateStrategy }));
    await world.settle();
    expect(least).toBe(3);
  });
});

describe('instances that did not outlive a change', () => {
  it('tell nothing of the platform where somebody else has changed the definition meanwhile', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(3, 'web@1.0.0#sylixos', { updateStrategy: { type: 'InPlace' } }));
    await world.settle();
    await world.pass(12_000);
    await world.apply('web', dynamic(4, 'web@1.0.0#sylixos', { updateStrategy: { type: 'InPlace' } }));
    await world.until('it is scaled', () => world.actions.at(-1)?.type === 'update');
    const [name = ''] = world.platformServices('web');
    const { id, policy, nodeNames, image } = world.cluster.service(name);
    const changed = { ...image, config: { ...image.config, hostname: 'by-hand' } };
    world.cluster.services.update({ id, name, policy, factor: 4, node: { names: nodeNames }, image: changed });
    await world.settle();
    await world.pass(60_000, 1000);
    expect(await world.reasons('web')).not.toContain('ScaleRestarts');
  });

  it('tell nothing where the next change was made to restart them', async () => {
    await using world = await World.start();
    const updateStrategy = { type: 'InPlace' } as const;
    await world.apply('web', dynamic(3, 'web@1.0.0#sylixos', { updateStrategy }));
    await world.settle();
    await world.pass(12_000);
    await world.apply('web', dynamic(4, 'web@1.0.0#sylixos', { updateStrategy }));
    await world.until('it is scaled', () => world.actions.at(-1)?.type === 'update');
    await world.apply('web', dynamic(4, 'web@1.1.0#sylixos', { updateStrategy }));
    await world.settle();
    await world.pass(60_000, 1000);
    expect(world.actions.map(({ type }) => type)).toEqual(['create', 'update', 'update']);
    expect(await world.reasons('web')).not.toContain('ScaleRestarts');
  });

  it('are believed on one node only when it happens again', async () => {
    await using world = await World.start({ simulator: { settings: { putRestarts: 'all' } } });
    await world.apply('web', dynamic(1));
    await world.settle();
    await world.apply('web', dynamic(2));
    await world.settle();
    await world.pass(30_000, 1000);
    expect(await world.reasons('web')).not.toContain('ScaleRestarts');
    await world.apply('web', dynamic(3));
    await world.settle();
    await world.pass(30_000, 1000);
    expect(await world.reasons('web')).toContain('ScaleRestarts');
  });
});

it('asks twice where the containers are to know a platform that restarts only what changes', async () => {
  await using world = await World.start();
  await world.apply('web', dynamic(2));
  await world.settle();
  for (const replicas of [3, 4, 2, 5]) {
    await world.apply('web', dynamic(replicas));
    await world.settle();
  }
  expect(world.calls.count('containers.allByServices')).toBe(2);
  expect(findCondition((await world.get('web')).status?.conditions, 'ScaleRestarts')).toBeUndefined();
});

describe('a platform that accepts a name twice', () => {
  it('gets a create of unknown outcome again only after a while and a look', async () => {
    await using world = await World.start({ simulator: { settings: { duplicateNames: 'accept' } } });
    await world.pass(1000);
    world.calls.dice = (method) => (method === 'services.create' ? 'late' : undefined);
    await world.apply('web', dynamic(1));
    await world.pass(3000);
    expect(world.calls.count('services.create')).toBe(1);
    expect(world.platformServices('web')).toEqual([]);
    world.calls.dice = () => undefined;
    await Promise.all(world.calls.late.map((run) => run()));
    await world.settle();
    expect(world.calls.count('services.create')).toBe(1);
    expect(world.platformServices('web')).toHaveLength(1);
  });

  it('loses the younger of two twins with the next look', async () => {
    await using world = await World.start({ simulator: { settings: { duplicateNames: 'accept' } } });
    await world.apply('web', dynamic(1));
    await world.settle();
    const [name = ''] = world.platformServices('web');
    const { image, nodeNames, id } = world.cluster.service(name);
    await world.pass(2000);
    world.cluster.services.create({ name, image, node: { names: nodeNames }, factor: 1, policy: 'dynamic' });
    await world.until('one is left', () => world.platformServices('web').length === 1, 15_000);
    expect(world.cluster.service(name).id).toBe(id);
    expect(await world.reasons('web')).toContain('Destroyed');
  });
});

it.each(['store', 'refuse'] as const)(
  'keeps a Static service right where the platform does "%s" a factor',
  async (mode) => {
    await using world = await World.start({ simulator: { settings: { factorOnStatic: mode, factorZero: 'refuse' } } });
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
    await world.settle();
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2', 'worker-3'], 'telemetry@1.1.0#sylixos'));
    await world.settle();
    expect(world.running('telemetry')).toHaveLength(3);
    await world.pass(30_000, 1000);
    const { writes } = world.calls;
    await world.pass(120_000, 2000);
    expect(world.calls.writes).toBe(writes);
  },
);

it('does not take for a change what the platform stores otherwise, whoever looks', async () => {
  await using world = await World.start();
  storeOtherHostNames(world);
  await world.apply('web', dynamic(1));
  await world.settle();
  await world.pass(30_000, 1000);
  const names = world.platformServices('web');
  const [revision] = (await world.registry.resource(ControllerRevision).list()).items;
  expect(revision?.data['tolerated']).toHaveLength(1);
  for (let start = 0; start < 3; start++) {
    await world.killOperator();
    await world.startOperator();
    await world.pass(700_000, 5000);
  }
  expect(world.platformServices('web')).toEqual(names);
  expect(world.calls.count('services.create')).toBe(1);
  expect(world.calls.count('services.update')).toBe(0);
});
