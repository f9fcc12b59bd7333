import { describe, expect, it } from 'vitest';

import { containerRow } from '../../src/views/container-view.js';
import { serviceDetail, serviceRow } from '../../src/views/service-view.js';
import { dynamicService, staticService, sylixosNodes } from '../helpers/requests.js';
import { stillCluster } from '../helpers/still-cluster.js';

const settleMs = 10_000;

describe('a new service', () => {
  it('goes from deploying through created to running', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 1 }));
    const states: string[] = [];
    const look = (): void => {
      const [task] = service.tasks;
      const row = containerRow(cluster, task!);
      const state = `${serviceRow(cluster, service).status} ${row.deployStatus} ${row.status} ${row.id === '' ? 'without' : 'with'} container`;
      if (state !== states.at(-1)) states.push(state);
    };
    for (let ms = 0; ms < 3000; ms += 100) {
      look();
      cluster.advance(100);
    }
    expect(states).toEqual([
      'deploying deploying created without container',
      'deploying deploying created with container',
      'complete success running with container',
    ]);
  });

  it('puts one instance on every named node when static', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(staticService());
    cluster.advance(settleMs);
    expect([...service.tasks].map((task) => task.node.name)).toEqual([...sylixosNodes]);
  });

  it('spreads factor instances over the pool when dynamic, several to a node where it must', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 7 }));
    cluster.advance(settleMs);
    const counts = sylixosNodes.map((name) => [...service.tasks].filter((task) => task.node.name === name).length);
    expect(counts).toEqual([3, 2, 2]);
    expect(serviceRow(cluster, service).instanceOnline).toBe(7);
  });

  it('returns the image part exactly as it was sent', () => {
    const { cluster } = stillCluster();
    const config = { process: { env: ['ECSM_SH_OWNER=default/ns/web', 'B='] }, odd: { deep: [1, null, 'x'] } };
    const service = cluster.services.create(dynamicService({ image: { config } }));
    expect(serviceDetail(cluster, service).image.config).toEqual(config);
  });

  it('only creates containers with the action load, until they are started', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 1, image: { action: 'load' } }));
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service)).toMatchObject({
      status: 'complete',
      containerStatusGroup: ['created'],
      instanceOnline: 0,
      instanceActive: 1,
    });
    cluster.services.act(service, 'start');
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).containerStatusGroup).toEqual(['running']);
  });
});

describe('deployments that cannot succeed', () => {
  const failures: readonly (readonly [string, Parameters<typeof dynamicService>[0], RegExp])[] = [
    ['an unknown image', { image: { ref: 'ghost@1.0.0#sylixos' } }, /does not exist in the registry/],
    ['pullPolicy Never without the image', { image: { pullPolicy: 'Never' } }, /pullPolicy is Never/],
    ['an image of another operating system', { image: { ref: 'web@1.0.0#linux' } }, /is for linux/],
    [
      'a node without the memory',
      { image: { config: { sylixos: { resources: { memory: { memoryLimitMB: 99_999 } } } } } },
      /insufficient memory on node worker-1: 99999 MB needed, 2048 MB free/,
    ],
    [
      'a node without the disk',
      { image: { config: { sylixos: { resources: { disk: { limitMB: 99_999 } } } } } },
      /insufficient disk/,
    ],
  ];
  it.each(failures)('%s fails the deployment with a message', (_, overrides, message) => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ ...overrides, factor: 1 }));
    cluster.advance(settleMs);
    const [task] = service.tasks;
    expect(containerRow(cluster, task!)).toMatchObject({ deployStatus: 'failure', id: '', uptime: 0 });
    expect(containerRow(cluster, task!).failedMessage).toMatch(message);
    expect(serviceRow(cluster, service).status).toBe('complete');
    expect(serviceRow(cluster, service).errorInstance![0]!.message).toMatch(message);
    expect(serviceDetail(cluster, service).healthy).toBe(false);
  });

  it('a full cluster takes what fits, and the rest fails', () => {
    const { cluster } = stillCluster();
    const config = { sylixos: { resources: { memory: { memoryLimitMB: 1000 } } } };
    const service = cluster.services.create(dynamicService({ factor: 8, image: { config } }));
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).instanceOnline).toBe(6);
    expect(serviceRow(cluster, service).errorInstance).toHaveLength(2);
  });

  it('a fixed VSOA port takes one instance per node', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 4, image: { vsoa: { port: 4000 } } }));
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).instanceOnline).toBe(3);
    expect(serviceRow(cluster, service).errorInstance![0]!.message).toMatch(/port 4000 is in use/);
  });

  it('what was reserved is given back when the service goes', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 5, image: { vsoa: {} } }));
    cluster.advance(settleMs);
    cluster.services.delete(service);
    cluster.advance(settleMs);
    for (const node of cluster.state.nodes.values()) {
      expect([node.memoryUsedMB, node.ports.size, node.tasks.size]).toEqual([0, 0, 0]);
    }
  });
});

describe('an update', () => {
  it('scales without touching the instances that stay', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 2 }));
    cluster.advance(settleMs);
    const before = [...service.tasks].map((task) => task.containerId);
    cluster.services.update({ ...dynamicService({ factor: 4 }), id: service.id });
    cluster.advance(settleMs);
    expect([...service.tasks].map((task) => task.containerId).slice(0, 2)).toEqual(before);
    expect(service.tasks.size).toBe(4);
    cluster.services.update({ ...dynamicService({ factor: 1 }), id: service.id });
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).containerStatusGroup).toEqual(['running']);
  });

  it('replaces every container when the image part changed', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService());
    cluster.advance(settleMs);
    const before = new Set([...service.tasks].map((task) => task.containerId));
    cluster.services.update({ ...dynamicService({ image: { ref: 'web@2.0.0#sylixos' } }), id: service.id });
    expect(serviceRow(cluster, service).status).toBe('deploying');
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).status).toBe('complete');
    for (const task of service.tasks) {
      expect(before.has(task.containerId)).toBe(false);
      expect(task).toMatchObject({ deployNum: 2, ref: { tag: '2.0.0' } });
    }
  });

  it('moves instances off nodes that are no longer named', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(staticService());
    cluster.advance(settleMs);
    cluster.services.update({ ...staticService({ node: { names: ['worker-2'] } }), id: service.id });
    cluster.advance(settleMs);
    expect([...service.tasks].map((task) => task.node.name)).toEqual(['worker-2']);
  });

  it('gives instances that failed a new chance', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ image: { ref: 'late@1.0.0#sylixos' } }));
    cluster.advance(settleMs);
    cluster.pushImage({ ref: 'late@1.0.0#sylixos' });
    cluster.services.update({ ...dynamicService({ image: { ref: 'late@1.0.0#sylixos' } }), id: service.id });
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).instanceOnline).toBe(2);
  });

  it('keeps a record of each deployment, to which it can be rolled back', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService());
    cluster.services.update({ ...dynamicService({ image: { ref: 'web@2.0.0#sylixos' }, factor: 3 }), id: service.id });
    cluster.advance(settleMs);
    expect(service.records.map(({ image }) => image.ref)).toEqual(['web@1.0.0#sylixos', 'web@2.0.0#sylixos']);
    cluster.services.rollback(service, service.records[0]!.id);
    cluster.advance(settleMs);
    expect([...service.tasks].map((task) => task.ref.tag)).toEqual(['1.0.0', '1.0.0']);
    expect(() => {
      cluster.services.rollback(service, 'nothing');
    }).toThrow(/does not exist/);
  });
});

describe('settings', () => {
  it('duplicateNames: refuse or accept', () => {
    const refusing = stillCluster().cluster;
    refusing.services.create(dynamicService());
    expect(() => refusing.services.create(dynamicService())).toThrow('service name web already exists');
    const accepting = stillCluster({ settings: { duplicateNames: 'accept' } }).cluster;
    const ids = [accepting.services.create(dynamicService()).id, accepting.services.create(dynamicService()).id];
    expect(new Set(ids).size).toBe(2);
  });

  it('putRestarts all: replaces every container on any PUT', () => {
    const { cluster } = stillCluster({ settings: { putRestarts: 'all' } });
    const service = cluster.services.create(dynamicService());
    cluster.advance(settleMs);
    cluster.services.update({ ...dynamicService({ factor: 3 }), id: service.id });
    cluster.advance(settleMs);
    expect([...service.tasks].map((task) => task.deployNum)).toEqual([2, 2, 1]);
  });

  it('factorOnStatic: ignored, stored or refused', () => {
    const request = staticService({ factor: 7 });
    const factorUnder = (factorOnStatic: 'ignore' | 'store'): number => {
      const { cluster } = stillCluster({ settings: { factorOnStatic } });
      return serviceRow(cluster, cluster.services.create(request)).factor;
    };
    expect([factorUnder('ignore'), factorUnder('store')]).toEqual([3, 7]);
    const { cluster } = stillCluster({ settings: { factorOnStatic: 'refuse' } });
    expect(() => cluster.services.create(request)).toThrow(/factor must not be given/);
  });

  it('factorZero: none, one or refused', () => {
    const request = dynamicService({ factor: 0 });
    const instancesUnder = (factorZero: 'zero' | 'one'): number => {
      const { cluster } = stillCluster({ settings: { factorZero } });
      return cluster.services.create(request).tasks.size;
    };
    expect([instancesUnder('zero'), instancesUnder('one')]).toEqual([0, 1]);
    const { cluster } = stillCluster({ settings: { factorZero: 'refuse' } });
    expect(() => cluster.services.create(request)).toThrow(/factor must be 1 or more/);
  });

  it('deletedServiceRow: until the containers are gone, or gone at once', () => {
    const under = (deletedServiceRow: 'untilContainersGone' | 'goneAtOnce'): readonly boolean[] => {
      const { cluster } = stillCluster({ settings: { deletedServiceRow } });
      const service = cluster.services.create(dynamicService());
      cluster.advance(settleMs);
      cluster.services.delete(service);
      const atOnce = cluster.state.services.has(service.id);
      cluster.advance(settleMs);
      return [atOnce, cluster.state.services.has(service.id), cluster.state.tasks.size > 0];
    };
    expect(under('untilContainersGone')).toEqual([true, false, false]);
    expect(under('goneAtOnce')).toEqual([false, false, false]);
  });

  it('deployRetryMs: the platform tries failed deployments again', () => {
    const { cluster } = stillCluster({ settings: { deployRetryMs: 5000 } });
    const service = cluster.services.create(dynamicService({ image: { ref: 'late@1.0.0#sylixos' } }));
    cluster.advance(4000);
    cluster.pushImage({ ref: 'late@1.0.0#sylixos' });
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).instanceOnline).toBe(2);
  });
});

it('a retried deployment goes where there is room meanwhile', () => {
  const { cluster } = stillCluster({ settings: { deployRetryMs: 5000 } });
  const config = { sylixos: { resources: { memory: { memoryLimitMB: 1500 } } } };
  const first = cluster.services.create(dynamicService({ name: 'first', factor: 3, image: { config } }));
  const second = cluster.services.create(dynamicService({ name: 'second', factor: 1, image: { config } }));
  cluster.advance(settleMs);
  expect(serviceRow(cluster, second).instanceOnline).toBe(0);
  cluster.services.update({ ...dynamicService({ name: 'first', factor: 2, image: { config } }), id: first.id });
  cluster.advance(settleMs);
  expect(serviceRow(cluster, second)).toMatchObject({ instanceOnline: 1, errorInstance: [] });
});

describe('images', () => {
  it.each([
    ['Never', '2.0.0', '1.0.0'],
    ['Larger', '2.0.0', '2.0.0'],
    ['Larger', '0.9.0', '1.0.0'],
    ['Larger', 'nightly', '1.0.0'],
    ['Always', '0.9.0', '0.9.0'],
  ] as const)('autoUpgrade %s and a push of %s leads to %s', (autoUpgrade, pushed, expected) => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ image: { ref: 'web@1.0.0#sylixos', autoUpgrade } }));
    cluster.advance(settleMs);
    cluster.pushImage({ ref: `web@${pushed}#sylixos` });
    cluster.advance(settleMs);
    expect([...service.tasks].map((task) => task.ref.tag)).toEqual([expected, expected]);
    expect(service.image.ref).toBe(`web@${expected}#sylixos`);
  });

  it('pulls a latest tag again only when its digest changed', () => {
    const { cluster, events } = stillCluster();
    const request = dynamicService({
      factor: 1,
      node: { names: ['worker-1'] },
      image: { ref: 'camera@latest#sylixos' },
    });
    const pulls = (): number => events.filter(({ kind }) => kind === 'imagePulled').length;
    const service = cluster.services.create(request);
    cluster.advance(settleMs);
    cluster.services.redeploy(service);
    cluster.advance(settleMs);
    expect(pulls()).toBe(1);
    cluster.pushImage({ ref: 'camera@latest#sylixos' });
    cluster.services.redeploy(service);
    cluster.advance(settleMs);
    expect(pulls()).toBe(2);
    expect(serviceRow(cluster, service).instanceOnline).toBe(1);
  });

  it('prepull brings the image to all nodes of the service', () => {
    const { cluster } = stillCluster();
    cluster.services.create(dynamicService({ factor: 1, prepull: true }));
    cluster.advance(settleMs);
    const having = sylixosNodes.filter((name) => cluster.node(name).images.has('web@1.0.0#sylixos'));
    expect(having).toEqual([...sylixosNodes]);
  });
});
