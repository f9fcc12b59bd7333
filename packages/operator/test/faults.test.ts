import { ECSMService, findCondition, isNotFoundError } from '@ecsm/api-types';
import { ownerMarkOf } from '@ecsm/planner';
import { describe, expect, it } from 'vitest';

import { serviceFinalizer } from '../src/index.js';
import { dynamic, onNodes, World } from './helpers/world.js';

// Faults of an earlier implementation, by their numbers in docs/reference/earlier-faults.md.
describe('faults of the reconcile loop', () => {
  it('fault 1: the platform never sees the uid, and status counts real containers', async () => {
    await using world = await World.start();
    const { metadata } = await world.apply('web', dynamic(3));
    await world.settle();
    const saved = JSON.stringify(world.cluster.save());
    expect(saved).not.toContain(metadata.uid);
    expect((await world.get('web')).status).toMatchObject({ replicas: 3, readyReplicas: 3 });
  });

  it('fault 2: create, rolling update and delete are carried out', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    await world.apply('web', dynamic(2, 'web@1.1.0#sylixos'));
    await world.settle();
    expect(world.running('web').every((line) => line.endsWith('web@1.1.0'))).toBe(true);
    await world.services.delete('web');
    await world.settle();
    expect(world.platformServices('web')).toEqual([]);
  });

  it('fault 3: a Static service wants one instance for each of its nodes, whatever replicas says', async () => {
    await using world = await World.start();
    const nodes = ['worker-1', 'worker-2'];
    await world.apply('telemetry', { ...onNodes(nodes), deploymentStrategy: { type: 'Static', nodes, replicas: 0 } });
    await world.settle();
    await world.pass(120_000, 1000);
    expect(world.running('telemetry')).toHaveLength(2);
  });

  it('fault 4: a further pass keeps id, observedGeneration and conditions, and writes nothing', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(1));
    await world.settle();
    await world.pass(30_000);
    const before = await world.get('web');
    expect(before.status?.underlyingServiceID).toBeDefined();
    await world.pass(60_000, 1000);
    expect(await world.get('web')).toEqual(before);
  });

  it('fault 5: a deletion while the operator is down orphans nothing', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    await world.killOperator();
    await world.services.delete('web');
    expect((await world.get('web')).metadata.finalizers).toEqual([serviceFinalizer]);
    await world.startOperator();
    await world.until('the object is gone', () => world.get('web').then(() => false, isNotFoundError));
    expect(world.platformServices('web')).toEqual([]);
  });

  it('fault 6: an object is never given up, however long the platform fails', async () => {
    await using world = await World.start();
    world.calls.dice = () => 'unreached';
    await world.apply('web', dynamic(1));
    await world.pass(6 * 3_600_000, 60_000);
    world.calls.dice = () => undefined;
    await world.settle(600_000);
    expect(world.running('web')).toHaveLength(1);
  });

  it('fault 7: what changes on the platform alone is noticed without any edit', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(2));
    await world.settle();
    const [name = ''] = world.platformServices('web');
    await world.calls.clientset.services.delete(world.cluster.service(name).id);
    await world.until('it runs again', () => world.running('web').length === 2);
  });

  it('fault 8: an instance whose VSOA health check fails is not ready', async () => {
    await using world = await World.start();
    const vsoa = { healthCheck: { path: '/health', periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 1 } };
    await world.apply('web', dynamic(1, 'web@1.0.0#sylixos', { template: { image: 'web@1.0.0#sylixos', vsoa } }));
    await world.settle();
    const [name = ''] = world.platformServices('web');
    for (const task of world.cluster.service(name).tasks) world.cluster.setHealthy(task.containerName, false);
    await world.until('it is not ready', async () => (await world.get('web')).status?.readyReplicas === 0);
  });

  it('fault 9: a stop ends what hangs, and waits for the workers', async () => {
    await using world = await World.start();
    await world.apply('web', dynamic(1));
    await world.settle();
    await world.operator.stop();
    await expect(world.operator.ended).resolves.toBeUndefined();
    const polls = world.operator.polls;
    await world.apply('web', dynamic(2));
    await world.pass(60_000, 1000);
    expect(world.operator.polls).toBe(polls);
    expect(world.running('web')).toHaveLength(1);
  });

  it('fault 10: nothing is done before the first look at both worlds, and one list serves a pass', async () => {
    await using world = await World.start({ started: false });
    await world.apply('web', dynamic(1));
    world.calls.dice = () => 'unreached';
    await world.startOperator();
    await world.pass(30_000);
    expect(world.calls.writes).toBe(0);
    world.calls.dice = () => undefined;
    await world.settle();
    const { status } = await world.get('web');
    for (const type of ['Available', 'Progressing', 'Degraded', 'PlatformReachable']) {
      expect(findCondition(status?.conditions, type), type).toBeDefined();
    }
    expect(await world.reasons('web')).toContain('Created');
    const lists = world.calls.count('services.all');
    await world.pass(20_000, 1000);
    expect(world.calls.count('services.all') - lists).toBeLessThanOrEqual(3);
  });

  it('fault 49: one spelling of group and version throughout', () => {
    expect(`${ECSMService.group}/${ECSMService.version}`).toBe('ecsm.sh/v1');
  });

  it('fault 50: enums and units are translated on the way to the platform, and nothing of the template is lost', async () => {
    await using world = await World.start();
    await world.apply(
      'web',
      dynamic(1, 'web@1.0.0#sylixos', {
        template: {
          image: 'web@1.0.0#sylixos',
          workingDir: '/srv',
          vsoa: { port: 3000, healthCheck: { path: '/health', initialDelaySeconds: 5, livenessProbe: true } },
          platformSpecific: {
            sylixos: {
              network: { sshd: true },
              commands: ['ls'],
              kernelObjects: { threadLimit: 99 },
              cpu: { defaultPrio: 200 },
            },
          },
        },
      }),
    );
    await world.settle();
    const [name = ''] = world.platformServices('web');
    const detail = await world.calls.clientset.services.get(world.cluster.service(name).id);
    expect(detail.policy).toBe('dynamic');
    expect(detail.image).toMatchObject({
      action: 'run',
      vsoa: { port: 3000, healthPath: '/health', healthStartPeriod: 5000, livenessProbe: true },
      config: {
        process: { cwd: '/srv' },
        sylixos: {
          network: { sshdEnable: true },
          commands: ['ls'],
          resources: { kernelObject: { threadLimit: 99 }, cpu: { defaultPrio: 200 } },
        },
      },
    });
    expect(ownerMarkOf(detail.image.config)).toBeDefined();
  });
});
