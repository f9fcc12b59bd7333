import { findCondition, isConditionTrue, isNotFoundError } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import { dynamicService, staticService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';
import { System } from './helpers/system.js';

async function nodesOf(system: System, name: string): Promise<readonly string[]> {
  return (await system.platform.running(name)).map((container) => container.nodeName).sort();
}

describe('simulator, operator and ecsmctl as three processes', () => {
  it('makes containers of a manifest, and follows every change of their number', async () => {
    await using system = await System.start();
    system.startOperator();
    await system.apply(dynamicService('web', 3));
    const service = await system.settled('web', 3);
    expect(service.status).toMatchObject({ observedGeneration: service.metadata.generation, readyReplicas: 3 });
    expect(await system.platform.running('web')).toHaveLength(3);
    expect(await system.platform.servicesOf('web')).toHaveLength(1);

    for (const replicas of [5, 0, 2]) {
      await system.apply(dynamicService('web', replicas));
      await system.settled('web', replicas);
      expect(await system.platform.running('web')).toHaveLength(replicas);
    }
  });

  it('runs a Static service on exactly its nodes', async () => {
    await using system = await System.start();
    system.startOperator();
    await system.apply(staticService('telemetry', ['worker-1', 'worker-2']));
    await system.settled('telemetry', 2);
    expect(await nodesOf(system, 'telemetry')).toEqual(['worker-1', 'worker-2']);
    await system.apply(staticService('telemetry', ['worker-2', 'worker-3']));
    await system.settled('telemetry', 2);
    await eventually(
      'the instances have moved',
      async () => (await nodesOf(system, 'telemetry')).join() === 'worker-2,worker-3',
    );
  });

  it('brings a changed template to every instance', async () => {
    await using system = await System.start();
    system.startOperator();
    await system.apply(dynamicService('web', 3));
    await system.settled('web', 3);
    await system.apply(dynamicService('web', 3, 'web@1.1.0#sylixos'));
    await eventually('all run the new image', async () => {
      const running = await system.platform.running('web');
      return running.length === 3 && running.every((container) => container.imageVersion === '1.1.0');
    });
    await system.settled('web', 3);
    await eventually(
      'one platform service remains',
      async () => (await system.platform.servicesOf('web')).length === 1,
    );
  });

  it('leaves nothing on the platform when an object is deleted, and deleting twice succeeds', async () => {
    await using system = await System.start();
    system.startOperator();
    await system.apply(dynamicService('web', 2));
    await system.settled('web', 2);
    expect((await system.ctl(['delete', 'es', 'web'])).code).toBe(0);
    await eventually('the object is gone', () =>
      system.services.get('web').then(
        () => false,
        (error: unknown) => isNotFoundError(error),
      ),
    );
    await eventually(
      'its platform service is gone',
      async () => (await system.platform.servicesOf('web')).length === 0,
    );
    const again = await system.ctl(['delete', 'es', 'web']);
    expect(again.code).toBe(0);
    expect(again.stdout + again.stderr).toMatch(/not found, nothing to delete/);
  });

  it('without a live operator a delete marks the object and says who will finish', async () => {
    await using system = await System.start();
    const operator = system.startOperator();
    await system.apply(dynamicService('web', 1));
    await system.settled('web', 1);
    await operator.kill('SIGKILL');
    const { code, stdout, stderr } = await system.ctl(['delete', 'es', 'web']);
    expect(code).toBe(0);
    expect(stdout + stderr).toMatch(/operator/);
    expect((await system.services.get('web')).metadata.deletionTimestamp).toBeDefined();
    system.startOperator();
    await eventually(
      'the new operator has finished',
      async () => (await system.platform.servicesOf('web')).length === 0,
    );
  });

  it('stays up through an outage of the platform, says so, and resumes by itself', async () => {
    await using system = await System.start({ operator: ['--request-timeout', '1s'] });
    const operator = system.startOperator();
    await system.apply(dynamicService('web', 2));
    await system.settled('web', 2);
    await system.stopSimulator();
    await system.apply(dynamicService('web', 3));
    await eventually('the condition says so', async () => {
      const { status } = await system.services.get('web');
      return findCondition(status?.conditions, 'PlatformReachable')?.status === 'False';
    });
    expect(operator.running).toBe(true);
    await system.startSimulator();
    const { status } = await system.settled('web', 3);
    expect(isConditionTrue(status?.conditions, 'PlatformReachable')).toBe(true);
  });

  it('stops cleanly on SIGTERM', async () => {
    await using system = await System.start();
    const operator = system.startOperator();
    await system.apply(dynamicService('web', 1));
    await system.settled('web', 1);
    expect(await operator.kill('SIGTERM')).toMatchObject({ code: 0, signal: null });
    expect(await system.platform.running('web')).toHaveLength(1);
  });
});
