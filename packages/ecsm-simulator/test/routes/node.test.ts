import { describe, expect, it } from 'vitest';

import type { NodeRow, NodeStatusData, NodeView, Page } from '@ecsm/ecsm-client';

import { anyText, matching } from '../helpers/matchers.js';
import { staticService } from '../helpers/requests.js';
import { startSimulator } from '../helpers/start.js';

describe('/node', () => {
  it('lists rows with the documented fields, page by page', async () => {
    const { api } = await startSimulator();
    const page = await api.data<Page<NodeRow>>('GET', '/node?pageNum=2&pageSize=2');
    expect(page).toMatchObject({ total: 5, pageNum: 2, pageSize: 2 });
    expect(page.list.map(({ name }) => name)).toEqual(['worker-3', 'worker-4']);
    expect(page.list[0]).toEqual({
      id: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      address: '10.10.0.3:1112',
      name: 'worker-3',
      password: 'ecsd',
      status: 'online',
      type: 'sylixos',
      tls: false,
      containerTotal: 0,
      containerRunning: 0,
      containerEcsmTotal: 0,
      containerEcsmRunning: 0,
      upTime: 0,
      createdTime: '2026-01-01 00:00:00',
      arch: 'arm64',
    });
    expect((await api.data<Page<NodeRow>>('GET', '/node?pageNum=9&pageSize=2')).list).toEqual([]);
    const basic = await api.data<Page<NodeRow>>('GET', '/node?pageNum=1&pageSize=9&name=er-4&basicInfo=true');
    expect(basic.total).toBe(1);
    expect(basic.list[0]).not.toHaveProperty('upTime');
  });

  it('requires the page in a list request', async () => {
    const { api } = await startSimulator();
    expect(await api.call('GET', '/node?pageNum=0')).toEqual({
      status: 400,
      message: 'parameter error: pageNum must be an integer of 1 or more; pageSize must be an integer of 1 or more',
      data: null,
      fieldErrors: 'pageNum must be an integer of 1 or more; pageSize must be an integer of 1 or more',
    });
  });

  it('registers without telling the id, updates by the id in the body, and checks names and addresses', async () => {
    const { api } = await startSimulator();
    const node = { name: 'extra', address: '10.0.0.9:1112', password: 'secret', tls: true };
    expect(await api.data('POST', '/node', node)).toBeNull();
    expect((await api.call('POST', '/node', node)).status).toBe(409);
    const byName = await api.data<{ id: string }>('GET', '/node/name/extra');
    expect(byName).toMatchObject({ ip: '10.0.0.9', port: 1112, tls: 1, password: 'secret', type: 'linux' });
    expect(byName).not.toHaveProperty('address');
    const { id } = byName;
    expect(await api.data('GET', `/node/name/check?name=extra`)).toBe(true);
    expect(await api.data('GET', `/node/name/check?name=extra&id=${id}`)).toBe(false);
    expect(await api.data('GET', `/node/address/check?address=10.0.0.9%3A1112&tls=true`)).toBe(true);
    await api.data('PUT', '/node', { ...node, id, address: '10.0.0.8:1112', tls: false });
    const detail = await api.data('GET', `/node/${id}`);
    expect(detail).toMatchObject({ address: '10.0.0.8:1112', tls: false, ecsdVersion: anyText });
    expect(detail).not.toHaveProperty('status');
  });

  it('deletes with the word success, or with the conflicts', async () => {
    const { api, simulator } = await startSimulator();
    const service = simulator.cluster.services.create(staticService({ node: { names: ['worker-1'] } }));
    const [used, free] = ['worker-1', 'worker-2'].map((name) => simulator.cluster.node(name).id);
    expect(await api.data('DELETE', '/node', { ids: [used] })).toEqual([
      { id: used, name: 'worker-1', serves: [{ id: service.id, name: 'web' }] },
    ]);
    expect(await api.data('DELETE', '/node', { ids: [free] })).toBe('success');
    expect((await api.call('GET', `/node/${free}`)).status).toBe(404);
  });

  it('tells the status of nodes by ids, with or without encoded brackets', async () => {
    const { api, simulator } = await startSimulator();
    const [first, second] = ['worker-1', 'worker-2'].map((name) => simulator.cluster.node(name).id);
    simulator.cluster.advance(2500);
    const { nodes } = await api.data<NodeStatusData>('GET', `/node/status?ids%5B%5D=${first}&ids[]=${second}`);
    expect(nodes.map(({ id }) => id)).toEqual([first, second]);
    expect(nodes[0]).toMatchObject({ status: 'online', memoryTotal: 2_147_483_648, uptime: 2.5, processCount: 24 });
    expect(nodes[0]!.memoryFree).toBeGreaterThan(0);
    expect(nodes[0]!.cpuUsage!.cores).toHaveLength(4);
  });

  it('learns of a changed type by a refresh', async () => {
    const { api, simulator } = await startSimulator({ settings: { nodeTypeNames: 'display' } });
    const node = simulator.cluster.node('worker-1');
    simulator.cluster.nodes.changeType(node, 'linux');
    expect(await api.data('GET', '/node/type/check')).toEqual([
      { id: node.id, ip: '10.10.0.1', port: 1112, name: 'worker-1', type: 'SylixOS', newType: 'Linux' },
    ]);
    await api.data('PUT', '/node/type');
    simulator.cluster.advance(2000);
    expect(await api.data('GET', '/node/type/check')).toEqual([]);
    expect(await api.data('GET', `/node/${node.id}`)).toMatchObject({ type: 'Linux' });
  });
});

describe('/overview', () => {
  it('shows a node with its containers and their services', async () => {
    const { api, simulator } = await startSimulator();
    const service = simulator.cluster.services.create(staticService());
    simulator.cluster.advance(10_000);
    const node = simulator.cluster.node('worker-1');
    const view = await api.data<NodeView>('GET', `/overview/platform/node-view/${node.id}`);
    expect(view).toMatchObject({ name: 'worker-1', status: 'online', ip: '10.10.0.1', port: 1112, tls: 0 });
    expect(view.children).toEqual([
      {
        id: matching(/^[0-9a-f]{64}$/),
        name: matching(/^web-/),
        node_id: node.id,
        pro_id: service.id,
        type: 'container',
        status: 'running',
        config: JSON.stringify(service.image.config),
        children: [{ id: service.id, name: 'web', type: 'service', status: 'complete', health: true }],
      },
    ]);
  });

  it('gives samples with percentages as text, and none of a node that is offline', async () => {
    const { api, simulator } = await startSimulator();
    const path = `/overview/node?nodeId=${simulator.cluster.node('worker-1').id}&instant=true`;
    const [sample] = await api.data<readonly unknown[]>('GET', path);
    expect(sample).toMatchObject({
      cpu: { percent: '1.00' },
      ram: { percent: '12.00', size: 2_147_483_648 },
      rom: { percent: '0.00', size: 16_384 },
      running: 0,
      stop: 0,
    });
    simulator.cluster.takeNodeDown('worker-1');
    simulator.cluster.advance(20_000);
    expect(await api.data('GET', path)).toEqual([]);
  });
});
