// Exchanges written by hand from the platform's API pages and from programs that talk to a real server.
import { getEventListeners } from 'node:events';

import { collect } from '@ecsm/ecsm-client';
import { pageOf } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import { connect, rejection, until } from '../helpers/connect.js';

const id = '8b6e1c1e-8a5d-4f8e-9c3b-111111111111';
const node = { address: '192.168.31.129:1112', name: 'worker-1', password: 'pass-1', tls: false };
const row = {
  id,
  ...node,
  status: 'online',
  type: 'SylixOS',
  containerTotal: 3,
  containerRunning: 2,
  containerEcsmTotal: 3,
  containerEcsmRunning: 2,
  upTime: 1234.5,
  createdTime: '2025-01-14 09:12:33',
  arch: 'arm64',
};

describe('nodes over the wire', () => {
  it('1 POST /node answers without an id', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('POST', '/node', { body: node }).reply(null);
    await ecsm.nodes.register(node);
    server.verify();
  });

  it('2 PUT /node carries the id in the body', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('PUT', '/node', { body: { id, ...node } }).reply('success');
    await ecsm.nodes.update({ id, ...node });
    server.verify();
  });

  it('3 DELETE /node answers with a word or with conflicts', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const conflict = { id, name: 'worker-1', serves: [{ id: 's1', name: 'web' }] };
    server.expect('DELETE', '/node', { body: { ids: [id] } }).reply('success');
    expect(await ecsm.nodes.delete([id])).toEqual({ deleted: true });
    server.expect('DELETE', '/node', { body: { ids: [id] } }).reply([conflict]);
    expect(await ecsm.nodes.delete([id])).toEqual({ deleted: false, conflicts: [conflict] });
    server.verify();
  });

  it('3 a third kind of answer to a delete leaves its outcome unknown', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('DELETE', '/node').reply({ odd: true });
    expect(await rejection(ecsm.nodes.delete([id]))).toMatchObject({
      code: 'OutcomeUnknown',
      cause: { code: 'UnexpectedAnswer' },
    });
  });

  it('4 GET /node', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const query = { pageNum: 1, pageSize: 100, name: 'work', basicInfo: true };
    server.expect('GET', '/node', { query }).reply(pageOf([row]));
    expect(await collect(ecsm.nodes.all({ name: 'work', basicInfo: true }))).toEqual([row]);
    server.verify();
  });

  it('5 GET /node/:id', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const detail = { id, ...node, type: 'SylixOS', createdTime: '', arch: 'arm64', ecsdVersion: '2.1.0' };
    server.expect('GET', `/node/${id}`).reply(detail);
    expect(await ecsm.nodes.get(id)).toEqual(detail);
    server.verify();
  });

  it('6 GET /node/name/:name: address in two parts and tls as a number come out as in the other calls', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const data = {
      id,
      ip: '192.168.31.129',
      port: 1112,
      name: 'worker 1/a',
      tls: 1,
      type: 'linux',
      createdTime: '',
      arch: 'x86-64',
    };
    server.expect('GET', '/node/name/worker%201%2Fa').reply(data);
    expect(await ecsm.nodes.getByName('worker 1/a')).toEqual({ ...data, tls: true, address: '192.168.31.129:1112' });
    server.verify();
  });

  it('7 and 8 checks: true means taken', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('GET', '/node/name/check', { query: { name: 'worker-1', id } }).reply(false);
    server.expect('GET', '/node/address/check', { query: { address: '10.0.0.1:1112', tls: true } }).reply(true);
    expect(await ecsm.nodes.isNameTaken('worker-1', { exceptId: id })).toBe(false);
    expect(await ecsm.nodes.isAddressTaken('10.0.0.1:1112', { tls: true })).toBe(true);
    server.verify();
  });

  it('9 GET /node/status sends ids as a list, split where the URL grows too long', async () => {
    await using connected = await connect({ maxUrlLength: 150 });
    const { server, ecsm } = connected;
    const status = (nodeId: string) => ({ id: nodeId, status: 'online', memoryTotal: 1024, memoryFree: 512, net: [] });
    const ids = Array.from({ length: 7 }, (_, index) => `${id}-${index}`);
    server.always('GET', '/node/status').answer((request) => ({
      kind: 'reply',
      body: JSON.stringify({
        status: 200,
        message: 'success',
        fieldErrors: null,
        data: { nodes: request.query.map(([, value]) => status(value)) },
      }),
    }));
    expect(await ecsm.nodes.status(ids)).toEqual(ids.map(status));
    expect(server.requests.length).toBeGreaterThan(1);
    expect(server.requests.flatMap((request) => request.query)).toEqual(ids.map((each) => ['ids[]', each]));
  });

  it('9 GET /node/status listens once to its signal, however many requests it takes, and ends them with its reason', async () => {
    await using connected = await connect({ maxUrlLength: 150 });
    const { server, ecsm } = connected;
    const controller = new AbortController();
    const { signal } = controller;
    server.always('GET', '/node/status').hang();
    const ids = Array.from({ length: 40 }, (_, index) => `${id}-${index}`);
    const refused = rejection(ecsm.nodes.status(ids, { signal }));
    await until(() => server.requests.length > 3);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await refused).toBe(reason);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('10 and 11 node types', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const change = { id, ip: '10.0.0.1', port: 1112, name: 'worker-1', type: 'linux', newType: 'SylixOS' };
    server.expect('PUT', '/node/type', { body: undefined }).reply(null);
    server.expect('GET', '/node/type/check').reply([change]);
    await ecsm.nodes.refreshTypes();
    expect(await ecsm.nodes.typeChanges()).toEqual([change]);
    server.verify();
  });

  it('12 GET /overview/platform/node-view/:id', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const service = { id: 's1', name: 'web', type: 'service', status: 'complete', health: true };
    const container = {
      id: 'c1',
      name: 'web-1',
      node_id: id,
      pro_id: 's1',
      type: 'container',
      status: 'running',
      config: '{}',
      children: [service],
    };
    const view = {
      id,
      name: 'worker-1',
      status: 'online',
      type: 'linux',
      ip: '10.0.0.1',
      port: 1112,
      tls: 0,
      children: [container],
    };
    server.expect('GET', `/overview/platform/node-view/${id}`).reply(view);
    expect(await ecsm.overview.nodeView(id)).toEqual(view);
    server.verify();
  });

  it('13 GET /overview/node', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const sample = {
      timestamp: 1736818353,
      type: 'linux',
      cpu: { percent: '12.5' },
      rom: { percent: '40', size: 2048 },
      ram: { percent: '30', size: 1e9 },
      processCount: 80,
      process: [{ name: 'init', cpu: '0', ram: '1' }],
      upNet: [],
      downNet: [],
      upTime: 10,
      running: 1,
      stop: 0,
    };
    server.expect('GET', '/overview/node', { query: { nodeId: id, instant: true } }).reply([sample]);
    expect(await ecsm.overview.nodeMetrics(id)).toEqual([sample]);
    server.verify();
  });

  it('a node called "check" cannot be looked up by name, since that path is another call', async () => {
    await using connected = await connect();
    const { ecsm } = connected;
    expect(await rejection(ecsm.nodes.getByName('check'))).toMatchObject({ code: 'InvalidCall' });
  });
});
