import { describe, expect, it } from 'vitest';

import { containerRow } from '../../src/views/container-view.js';
import { nodeRow } from '../../src/views/node-view.js';
import { serviceDetail, serviceRow } from '../../src/views/service-view.js';
import { dynamicService, staticService } from '../helpers/requests.js';
import { stillCluster } from '../helpers/still-cluster.js';

const settleMs = 10_000;

describe('a node that loses power', () => {
  it('is noticed after the detection time; until then its rows look alive', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(staticService());
    cluster.advance(settleMs);
    cluster.takeNodeDown('worker-1');
    cluster.advance(9999);
    expect(nodeRow(cluster, cluster.node('worker-1'), true).status).toBe('online');
    expect(serviceRow(cluster, service).instanceOnline).toBe(3);
    cluster.advance(1);
    expect(nodeRow(cluster, cluster.node('worker-1'), true).status).toBe('offline');
    expect(serviceRow(cluster, service).instanceOnline).toBe(2);
  });

  it('loses its static instance until it returns, in the same container', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(staticService());
    cluster.advance(settleMs);
    const [task] = service.tasks;
    const { containerId } = task!;
    cluster.takeNodeDown('worker-1');
    cluster.advance(60_000);
    expect(containerRow(cluster, task!)).toMatchObject({ status: 'exited', uptime: 0, id: containerId });
    expect(serviceRow(cluster, service).errorInstance![0]!.message).toBe('node worker-1 is offline');
    expect(serviceDetail(cluster, service).healthy).toBe(false);
    cluster.bringNodeUp('worker-1');
    cluster.advance(settleMs);
    expect(containerRow(cluster, task!)).toMatchObject({ status: 'running', id: containerId });
    expect(serviceDetail(cluster, service).healthy).toBe(true);
  });

  it('has its dynamic instances moved to other nodes of the pool, and loses what it brings back', () => {
    const { cluster, events } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 3 }));
    cluster.advance(settleMs);
    cluster.takeNodeDown('worker-1');
    cluster.advance(30_000);
    expect(serviceRow(cluster, service)).toMatchObject({ instanceOnline: 3, errorInstance: [] });
    expect([...service.tasks].some((task) => task.node.name === 'worker-1')).toBe(false);
    expect(events.filter(({ kind }) => kind === 'instanceMigrated')).toHaveLength(1);
    cluster.bringNodeUp('worker-1');
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).instanceOnline).toBe(3);
    expect(cluster.node('worker-1').tasks.size).toBe(0);
    expect(cluster.node('worker-1').memoryUsedMB).toBe(0);
  });

  it('keeps a duplicate on return under returningNode keepDuplicate', () => {
    const { cluster } = stillCluster({ settings: { returningNode: 'keepDuplicate' } });
    const service = cluster.services.create(dynamicService({ factor: 3 }));
    cluster.advance(settleMs);
    cluster.takeNodeDown('worker-1');
    cluster.advance(30_000);
    cluster.bringNodeUp('worker-1');
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service)).toMatchObject({ factor: 3, instanceOnline: 4 });
  });

  it('keeps no duplicate of a service that is being deleted', () => {
    const { cluster } = stillCluster({ settings: { returningNode: 'keepDuplicate' } });
    const service = cluster.services.create(dynamicService({ factor: 3 }));
    cluster.advance(settleMs);
    cluster.takeNodeDown('worker-1');
    cluster.advance(30_000);
    cluster.services.delete(service);
    cluster.bringNodeUp('worker-1');
    cluster.advance(settleMs);
    expect(cluster.state.services.size).toBe(0);
    expect(cluster.node('worker-1').tasks.size).toBe(0);
  });

  it('leaves lost instances in the books while no node can take them, and places them when one returns', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(dynamicService({ factor: 2, node: { names: ['worker-1', 'worker-2'] } }));
    cluster.advance(settleMs);
    cluster.takeNodeDown('worker-1');
    cluster.takeNodeDown('worker-2');
    cluster.advance(60_000);
    expect(serviceRow(cluster, service)).toMatchObject({ instanceOnline: 0 });
    expect(service.tasks.size).toBe(2);
    cluster.bringNodeUp('worker-2');
    cluster.advance(settleMs);
    expect([...service.tasks].map((task) => task.node.name)).toEqual(['worker-2', 'worker-2']);
    expect(serviceRow(cluster, service).instanceOnline).toBe(2);
  });

  it('that is back before anyone noticed has rebooted all the same', () => {
    const { cluster, events } = stillCluster();
    const service = cluster.services.create(staticService());
    cluster.advance(60_000);
    cluster.takeNodeDown('worker-1');
    cluster.bringNodeUp('worker-1');
    cluster.advance(5000);
    expect(events.some(({ kind }) => kind === 'nodeOffline')).toBe(false);
    const [task] = service.tasks;
    expect(containerRow(cluster, task!)).toMatchObject({ status: 'running', uptime: 1 });
  });
});

describe('a node that is cut off', () => {
  it('runs on unseen: its containers have not restarted when it is reachable again', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(staticService());
    cluster.advance(settleMs);
    const [task] = service.tasks;
    const { startedMs } = task!;
    cluster.takeNodeDown('worker-1', 'link');
    cluster.advance(30_000);
    expect(containerRow(cluster, task!).status).toBe('exited');
    cluster.bringNodeUp('worker-1');
    expect(containerRow(cluster, task!).status).toBe('running');
    expect(task!.startedMs).toBe(startedMs);
  });

  it('loses the containers of a service that was deleted meanwhile', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(staticService());
    cluster.advance(settleMs);
    cluster.takeNodeDown('worker-1', 'link');
    cluster.advance(30_000);
    cluster.services.delete(service);
    cluster.advance(settleMs);
    expect(cluster.state.services.size).toBe(0);
    expect(cluster.node('worker-1').tasks.size).toBe(1);
    cluster.bringNodeUp('worker-1');
    cluster.advance(settleMs);
    expect(cluster.node('worker-1').tasks.size).toBe(0);
  });
});

describe('deployments to nodes that are away', () => {
  it('fail at once on a node known to be offline, and are made up for on its return', () => {
    const { cluster } = stillCluster();
    cluster.takeNodeDown('worker-1');
    cluster.advance(15_000);
    const service = cluster.services.create(staticService());
    cluster.advance(settleMs);
    const [task] = service.tasks;
    expect(containerRow(cluster, task!)).toMatchObject({
      deployStatus: 'failure',
      failedMessage: 'node worker-1 is offline',
    });
    cluster.bringNodeUp('worker-1');
    cluster.advance(settleMs);
    expect(serviceRow(cluster, service).instanceOnline).toBe(3);
  });

  it('wait for a silent node until it is found offline, then go elsewhere', () => {
    const { cluster } = stillCluster();
    cluster.takeNodeDown('worker-1');
    const service = cluster.services.create(dynamicService({ factor: 3 }));
    cluster.advance(5000);
    expect(serviceRow(cluster, service)).toMatchObject({ status: 'deploying', instanceOnline: 2 });
    cluster.advance(20_000);
    expect(serviceRow(cluster, service)).toMatchObject({ status: 'complete', instanceOnline: 3 });
  });

  it('time out when detection takes longer', () => {
    const { cluster } = stillCluster({ settings: { nodeDetectionMs: 600_000 } });
    cluster.takeNodeDown('worker-1');
    const service = cluster.services.create(staticService({ node: { names: ['worker-1'] } }));
    cluster.advance(60_000);
    const [task] = service.tasks;
    expect(containerRow(cluster, task!).failedMessage).toBe('deployment to node worker-1 timed out');
  });
});

describe('node administration', () => {
  it('renames a node under the services that name it', () => {
    const { cluster } = stillCluster();
    const service = cluster.services.create(staticService());
    const { id, address, password, tls } = cluster.node('worker-1');
    cluster.nodes.update({ id, address, password, tls, name: 'first' });
    expect(service.nodeNames).toEqual(['first', 'worker-2', 'worker-3']);
    expect(() => cluster.node('worker-1')).toThrow(/does not exist/);
  });

  it('refuses to delete a node in use, and with it the batch', () => {
    const { cluster } = stillCluster();
    cluster.services.create(staticService({ node: { names: ['worker-1'] } }));
    const ids = ['worker-1', 'worker-2'].map((name) => cluster.node(name).id);
    expect(cluster.nodes.delete(ids).map(({ node }) => node.name)).toEqual(['worker-1']);
    expect(cluster.state.nodes.size).toBe(5);
    expect(cluster.nodes.delete(ids.slice(1))).toEqual([]);
    expect(cluster.state.nodes.size).toBe(4);
  });
});
