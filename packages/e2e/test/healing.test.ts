import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dynamicService, staticService } from './helpers/manifests.js';
import { eventually } from './helpers/program.js';
import { System } from './helpers/system.js';

describe('healing', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.start();
    system.startOperator();
  });
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
  });

  it('replaces a container that died for good', async () => {
    await system.apply(dynamicService('dies', 3));
    await system.settled('dies', 3);
    const [victim] = await system.platform.running('dies');
    await system.platform.control('container/kill', { container: victim?.name, restart: false });
    await eventually('it is missed', async () => (await system.platform.running('dies')).length < 3);
    await eventually('three run again', async () => (await system.platform.running('dies')).length === 3, 60_000);
    await system.settled('dies', 3);
  });

  it('creates a platform service again that somebody deleted', async () => {
    await system.apply(dynamicService('deleted', 2));
    await system.settled('deleted', 2);
    const [before] = await system.platform.servicesOf('deleted');
    await system.platform.deleteService(before?.id ?? '');
    await eventually('another one runs', async () => {
      const [after] = await system.platform.servicesOf('deleted');
      return after !== undefined && after.id !== before?.id && (await system.platform.running('deleted')).length === 2;
    });
    await system.settled('deleted', 2);
  });

  it('keeps a Dynamic service at its size through the loss and the return of a node', async () => {
    await system.apply(dynamicService('migrates', 3));
    await system.apply(staticService('stays', ['worker-3']));
    await system.settled('migrates', 3);
    await system.settled('stays', 1);
    await system.platform.control('node/down', { node: 'worker-3' });
    await eventually(
      'three run on the other nodes',
      async () => {
        const nodes = (await system.platform.running('migrates')).map((container) => container.nodeName);
        return nodes.length === 3 && !nodes.includes('worker-3');
      },
      60_000,
    );
    await eventually('the Static service is reported as not available', async () => {
      const { status } = await system.services.get('stays');
      return status?.readyReplicas === 0;
    });
    await eventually('describe node tells that it is away', async () => {
      const { stdout } = await system.ctl(['describe', 'node', 'worker-3']);
      return /^ +Warning +NodeNotReady .* is offline$/m.test(stdout);
    });
    await system.platform.control('node/up', { node: 'worker-3' });
    await eventually('the events tell that it is back', async () => {
      const { stdout } = await system.ctl(['events']);
      return /NodeReady +node\/worker-3 .* is online again$/m.test(stdout);
    });
    await system.settled('stays', 1, 60_000);
    await system.settled('migrates', 3, 60_000);
    expect(await system.platform.running('migrates')).toHaveLength(3);
  });
});
