import { findCondition, isConditionTrue, isNotFoundError } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { serviceFinalizer } from '../src/index.js';
import { dynamic, onNodes, World } from './helpers/world.js';

describe('Operator', () => {
  it('makes containers of an object and says so in its status', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(3));
    await world.settle();
    expect(world.running('web')).toHaveLength(3);
    const { status, metadata } = await world.get('web');
    expect(status).toMatchObject({
      observedGeneration: metadata.generation,
      replicas: 3,
      readyReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      unavailableReplicas: 0,
    });
    expect(isConditionTrue(status?.conditions, 'Available')).toBe(true);
    expect(metadata.finalizers).toEqual([serviceFinalizer]);
    expect(await world.reasons('web')).toEqual(expect.arrayContaining(['Created', 'RolloutComplete']));
  });

  it('follows the number of replicas, to zero and back', async () => {
    await using world = await World.start();
    for (const replicas of [3, 5, 0, 2]) {
      await world.apply('web', dynamic(replicas));
      await world.settle();
      expect(world.running('web')).toHaveLength(replicas);
      expect((await world.get('web')).status?.readyReplicas).toBe(replicas);
      expect(isConditionTrue((await world.get('web')).status?.conditions, 'Available')).toBe(true);
    }
  });

  it('runs a Static service on its nodes and moves it when they change', async () => {
    await using world = await World.start();
    await world.apply('telemetry', onNodes(['worker-1', 'worker-2']));
    await world.settle();
    await world.apply('telemetry', onNodes(['worker-2', 'worker-3']));
    await world.settle();
    expect(world.running('telemetry')).toEqual(['worker-2 telemetry@1.0.0', 'worker-3 telemetry@1.0.0']);
  });

  it.each(['RollingUpdate', 'Recreate', 'InPlace'] as const)(
    'brings a new template to every instance by %s',
    async (type) => {
      await using world = await World.start();
      const updateStrategy = { type };
      await world.apply('web', dynamic(3, 'web@1.0.0#sylixos', { updateStrategy }));
      await world.settle();
      const before = (await world.get('web')).status;
      await world.apply('web', dynamic(3, 'web@1.1.0#sylixos', { updateStrategy }));
      await world.settle();
      expect(new Set(world.running('web').map((line) => line.split(' ')[1]))).toEqual(new Set(['web@1.1.0']));
      expect(world.running('web')).toHaveLength(3);
      expect(world.platformServices('web')).toHaveLength(1);
      const after = (await world.get('web')).status;
      expect(after?.currentRevision).not.toBe(before?.currentRevision);
      expect(after?.currentRevision).toBe(after?.updateRevision);
      if (type === 'InPlace') expect(after?.underlyingServiceID).toBe(before?.underlyingServiceID);
    },
  );

  it('brings a new template to a Static service node by node', async () => {
    await using world = await World.start();
    const nodes = ['worker-1', 'worker-2', 'worker-3'];
    await world.apply('telemetry', onNodes(nodes));
    await world.settle();
    let least = 3;
    world.onEvent = () => (least = Math.min(least, world.running('telemetry').length));
    await world.apply('telemetry', onNodes(nodes, 'telemetry@1.1.0#sylixos'));
    await world.settle();
    expect(world.running('telemetry')).toEqual(nodes.map((node) => `${node} telemetry@1.1.0`));
    expect(world.platformServices('telemetry')).toHaveLength(1);
    expect(least).toBe(2);
  });

  it('removes everything of a deleted object before it lets it go', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    await world.services.delete('web');
    await world.pass(250);
    expect((await world.get('web')).metadata.deletionTimestamp).toBeDefined();
    await world.until('it is gone', () =>
      world.get('web').then(
        () => false,
        (error: unknown) => isNotFoundError(error),
      ),
    );
    expect(world.platformServices('web')).toEqual([]);
  });

  it('makes a platform service that somebody deletes anew', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    const [name = ''] = world.platformServices('web');
    world.cluster.services.delete(world.cluster.service(name));
    await world.until('it is back', () => world.happened.filter((line) => line.includes('is created')).length === 2);
    await world.settle();
    expect(world.running('web')).toHaveLength(2);
    expect(world.platformServices('web')).toEqual([name]);
    expect(await world.reasons('web')).toContain('ServiceMissing');
  });

  it('starts a platform service again that somebody stops or pauses', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    for (const action of ['stop', 'pause'] as const) {
      world.cluster.services.act(world.cluster.service(world.platformServices('web')[0] ?? ''), action);
      await world.pass(2000);
      expect(world.running('web')).toEqual([]);
      await world.until('it runs again', () => world.running('web').length === 2);
    }
    expect(await world.reasons('web')).toContain('Healed');
  });

  it('takes back what somebody changes by hand, without touching more instances than a rollout may', async () => {
    await using world = await World.start();
    await world.apply(
      'web',
      dynamic(4, 'web@1.0.0#sylixos', { template: { image: 'web@1.0.0#sylixos', env: [{ name: 'A', value: '1' }] } }),
    );
    await world.settle();
    const service = world.cluster.service(world.platformServices('web')[0] ?? '');
    const config = service.image.config as { readonly process: { readonly env: readonly string[] } };
    const image = {
      ...service.image,
      config: {
        ...service.image.config,
        process: { ...config.process, env: ['A=2', ...config.process.env.filter((entry) => !entry.startsWith('A='))] },
      },
    };
    world.cluster.services.update({
      id: service.id,
      name: service.name,
      image,
      node: { names: service.nodeNames },
      factor: 4,
      policy: 'dynamic',
    });
    await world.pass(20_000);
    await world.settle();
    expect(await world.reasons('web')).toContain('DriftCorrected');
    const now = world.cluster.service(world.platformServices('web')[0] ?? '');
    expect(JSON.stringify(now.image.config)).toContain('A=1');
    expect(world.running('web')).toHaveLength(4);
  });

  it('takes back a changed size at once', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(3));
    await world.settle();
    const service = world.cluster.service(world.platformServices('web')[0] ?? '');
    world.cluster.services.update({
      id: service.id,
      name: service.name,
      image: service.image,
      node: { names: service.nodeNames },
      factor: 1,
      policy: 'dynamic',
    });
    await world.until('it has three again', () => service.factor === 3);
    await world.settle();
    expect(world.running('web')).toHaveLength(3);
  });

  it('leaves a namesake without the mark alone and says how to go on', async () => {
    await using world = await World.start({ started: false });
    await world.startOperator();
    await world.apply('web', dynamic(1));
    await world.settle();
    const [name = ''] = world.platformServices('web');
    const mine = world.cluster.service(name);
    world.cluster.services.delete(mine);
    await world.killOperator();
    await world.until('it is gone', () => world.platformServices('web').length === 0);
    world.cluster.services.create({
      name,
      image: { ref: 'web@1.0.0#sylixos', action: 'run', config: {} },
      node: { names: ['worker-1'] },
      factor: 1,
      policy: 'dynamic',
    });
    const writes = world.calls.writes;
    await world.startOperator();
    await world.pass(60_000, 1000);
    const { status } = await world.get('web');
    expect(findCondition(status?.conditions, 'Degraded')).toMatchObject({ status: 'True', reason: 'NameTaken' });
    expect(world.calls.writes).toBe(writes);
    const id = world.cluster.service(name).id;
    expect(findCondition(status?.conditions, 'Degraded')?.message).toContain(`ecsm.sh/adopt: ${id}`);
  });

  it('writes nothing to platform or registry when nothing changes', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(3));
    await world.apply('telemetry', onNodes(['worker-1']));
    await world.settle();
    await world.pass(30_000);
    const writes = world.calls.writes;
    const revision = await world.registry.store.revision();
    await world.pass(1_800_000, 5000);
    expect(world.calls.writes).toBe(writes);
    expect(await world.registry.store.revision()).toBe(revision);
  });

  it('stays up through an outage, says so on every object after two minutes, and resumes by itself', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    world.calls.dice = () => 'unreached';
    await world.pass(60_000, 1000);
    const reachable = async () => findCondition((await world.get('web')).status?.conditions, 'PlatformReachable');
    expect(await reachable()).toMatchObject({ status: 'True' });
    await world.pass(100_000, 1000);
    expect(await reachable()).toMatchObject({ status: 'False' });
    await world.apply('web', dynamic(3));
    await world.pass(20_000, 1000);
    expect((await world.get('web')).status).toMatchObject({ readyReplicas: 2 });
    world.calls.dice = () => undefined;
    await world.until('it answers', () => world.operator.reachability.state === 'reachable');
    await world.settle();
    expect(world.running('web')).toHaveLength(3);
    expect(await reachable()).toMatchObject({ status: 'True' });
  });

  it.each([86_400_000, -86_400_000])('counts an outage by no clock that is set by %i ms meanwhile', async (jumpMs) => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    world.calls.dice = () => 'unreached';
    await world.pass(30_000, 1000);
    world.clock.setWallClock(world.clock.now() + jumpMs);
    const reachable = async () => findCondition((await world.get('web')).status?.conditions, 'PlatformReachable');
    await world.pass(30_000, 1000);
    expect(await reachable()).toMatchObject({ status: 'True' });
    await world.pass(100_000, 1000);
    expect(await reachable()).toMatchObject({ status: 'False' });
  });

  it('says at once that the platform does not answer when an object has something to do', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    world.calls.dice = () => 'unreached';
    await world.apply('web', dynamic(3));
    await world.pass(1000);
    const { status } = await world.get('web');
    expect(findCondition(status?.conditions, 'PlatformReachable')).toMatchObject({ status: 'False' });
  });

  it('does not create twice when the answer to a create is lost', async () => {
    await using world = await World.start();
    let lost = 0;
    world.calls.dice = (method) => (method === 'services.create' && lost++ < 1 ? 'unanswered' : undefined);
    await world.apply('web', dynamic(2));
    await world.settle();
    expect(world.calls.count('services.create')).toBe(1);
    expect(world.happened.filter((line) => line.includes('is created'))).toHaveLength(1);
  });

  it('starts a service only when what it depends on is Available', async () => {
    await using world = await World.start();
    await world.apply('front', dynamic(1, 'web@1.0.0#sylixos', { dependsOn: [{ name: 'back' }] }));
    await world.pass(5000);
    expect(world.platformServices('front')).toEqual([]);
    const waiting = findCondition((await world.get('front')).status?.conditions, 'DependenciesReady');
    expect(waiting).toMatchObject({ status: 'False', message: 'not Available: default/back (does not exist)' });
    await world.apply('back', dynamic(1, 'telemetry@1.0.0#sylixos'));
    await world.settle();
    expect(world.running('front')).toHaveLength(1);
  });

  it('says what is wrong with an image that does not exist, and does not delay others', async () => {
    await using world = await World.start();
    await world.apply('broken', dynamic(1, 'missing@1.0.0#sylixos'));
    await world.apply('web', dynamic(1));
    await world.until('web runs', () => world.running('web').length === 1, 10_000);
    const degraded = findCondition((await world.get('broken')).status?.conditions, 'Degraded');
    expect(degraded).toMatchObject({ status: 'True' });
    expect(degraded?.message).toContain('missing@1.0.0');
  });

  it('takes over a running service on request, with its name and without touching it', async () => {
    await using world = await World.start();
    const foreign = world.cluster.services.create({
      name: 'made-by-hand',
      image: {
        ref: 'web@1.0.0#sylixos',
        action: 'run',
        autoUpgrade: 'Never',
        pullPolicy: 'IfNotPresent',
        config: { hostname: 'hand' },
      },
      node: { names: ['worker-1', 'worker-2'] },
      factor: 2,
      policy: 'dynamic',
    });
    await world.pass(5000);
    await world.apply(
      'web',
      {
        deploymentStrategy: { type: 'Dynamic', replicas: 2, nodePool: ['worker-1', 'worker-2'] },
        template: { image: 'web@1.0.0#sylixos', hostname: 'hand' },
      },
      { 'ecsm.sh/adopt': foreign.id },
    );
    await world.settle();
    expect(world.calls.writes).toBe(0);
    expect((await world.get('web')).status).toMatchObject({ underlyingServiceID: foreign.id, readyReplicas: 2 });
    await world.apply(
      'web',
      {
        deploymentStrategy: { type: 'Dynamic', replicas: 2, nodePool: ['worker-1', 'worker-2'] },
        template: { image: 'web@1.1.0#sylixos', hostname: 'hand' },
      },
      { 'ecsm.sh/adopt': foreign.id },
    );
    await world.settle();
    expect([...world.cluster.state.services.values()].map(({ name }) => name)).toEqual([
      expect.stringMatching(/^web-/),
    ]);
  });
});
