// Exchanges written by hand from the platform's API pages and from programs that talk to a real server.
import { collect, NullDataError } from '@ecsm/ecsm-client';
import { pageOf } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import { connect, rejection } from '../helpers/connect.js';

const image = {
  id: 'i1',
  name: 'worker',
  os: 'sylixos',
  createdTime: '2025-01-14T09:12:33.5Z',
  tag: 'latest',
  size: 12.5,
  author: null,
  arch: 'arm64',
  pulled: true,
  description: '',
  ociVersion: '1.0.0',
};
const container = {
  id: 'f'.repeat(64),
  taskId: 'task-1',
  name: 'web-1',
  status: 'running',
  uptime: 10,
  deployStatus: 'success',
  restartCnt: 0,
  cpuUsage: { total: 3.5, cores: [3.5] },
  memoryLimit: 1024,
  memoryUsage: 512,
  serviceId: 's1',
  serviceName: 'web',
  nodeId: 'n1',
  nodeName: 'worker-1',
};
const transaction = { id: 'tx', status: 'running', data: null, timestamp: 1 };

describe('images over the wire', () => {
  it('14 GET /image asks the built-in registry by default', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server
      .expect('GET', '/image', { query: { registryId: 'local', pageNum: 1, pageSize: 100, os: 'sylixos' } })
      .reply(pageOf([image]));
    expect(await collect(ecsm.images.all({ os: 'sylixos' }))).toEqual([image]);
    server.verify();
  });

  it('15 GET /image/summary', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('GET', '/image/summary').reply({ local: 3, remote: 1 });
    expect(await ecsm.images.summary()).toEqual({ local: 3, remote: 1 });
  });

  it('16 GET /image/config encodes the reference and takes the configuration one level down', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const config = {
      platform: { os: 'sylixos', arch: 'noarch' },
      sylixos: { resources: { itimer: { defaultPrio: 200 } } },
    };
    server.expect('GET', '/image/config', { query: { ref: 'worker@latest#sylixos' } }).reply({ config });
    expect(await ecsm.images.config('worker@latest#sylixos')).toEqual(config);
    server.expect('GET', '/image/config').reply({ config: null });
    expect(await ecsm.images.config('bare@1#linux')).toBeNull();
    server.verify();
  });

  it('17 GET /image/count also lists the registries', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const rows = [{ count: 3, registryId: 'local', registryName: '本地仓库' }];
    server.expect('GET', '/image/count', { query: {} }).reply(rows).times(2);
    expect(await ecsm.images.count()).toEqual(rows);
    expect(await ecsm.registries.list()).toEqual([{ id: 'local', name: '本地仓库', images: 3 }]);
    server.verify();
  });

  it('18 GET /registry/:registryId/image/:imageId', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const detail = { ...image, path: '/r/worker', rawConfig: '{}', config: {}, hostname: null, delete: false };
    server.expect('GET', '/registry/local/image/i1').reply(detail);
    expect(await ecsm.registries.image('local', 'i1')).toEqual(detail);
    server.verify();
  });
});

describe('containers over the wire', () => {
  it('33 and 34 list by services and by nodes', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server
      .expect('GET', '/container/service', {
        query: { 'serviceIds[]': ['a', 'b'], key: 'we', pageNum: 1, pageSize: 100 },
      })
      .reply(pageOf([container]));
    server
      .expect('GET', '/container/node', { query: { 'nodeIds[]': ['n1'], pageNum: 1, pageSize: 100 } })
      .reply(pageOf([container]));
    expect(await collect(ecsm.containers.allByServices(['a', 'b'], { name: 'we' }))).toEqual([container]);
    expect((await ecsm.containers.listByNodes(['n1'])).rows).toEqual([container]);
    server.verify();
  });

  it('33 sends brackets percent-encoded, as other programs do', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const urls: string[] = [];
    await using other = (await import('@ecsm/ecsm-client')).createClientset({
      baseUrl: server.baseUrl,
      onAttempt: (event) => urls.push(event.url),
    });
    server.always('GET', '/container/service').reply(pageOf([]));
    await other.containers.listByServices(['a']);
    expect(urls[0]).toContain('serviceIds%5B%5D=a');
    expect((await ecsm.containers.listByServices(['gone'])).rows).toEqual([]);
  });

  it('35 GET /container/:taskId; a word in place of an object is an error', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('GET', '/container/task-1').reply(container);
    expect(await ecsm.containers.get('task-1')).toEqual(container);
    server.expect('GET', '/container/wrong').reply('success');
    expect(await rejection(ecsm.containers.get('wrong'))).toMatchObject({ code: 'UnexpectedAnswer' });
    server.verify();
  });

  it('34 data that is null is an error, not an empty list', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/container/node').reply(null);
    expect(await rejection(ecsm.containers.listByNodes(['n1']))).toBeInstanceOf(NullDataError);
  });

  it('36 GET /container/action/history by task id', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const rows = ['start', 'stop', 'start'].map((cmd) => ({
      id: 'task-1',
      cmd,
      user: 'admin',
      time: '2025-01-14 09:12:33',
    }));
    server
      .expect('GET', '/container/action/history', { query: { id: 'task-1', pageNum: 1, pageSize: 100 } })
      .reply(pageOf(rows));
    expect(await collect(ecsm.containers.allHistory('task-1'))).toEqual(rows);
    server.verify();
  });

  it('37 PUT /container sends the name as id', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('PUT', '/container', { body: { id: 'web-1', action: 'restart' } }).reply(transaction);
    expect(await ecsm.containers.act('restart', 'web-1')).toEqual(transaction);
    server.verify();
  });

  it('38 PUT /service/container acts on a whole service', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('PUT', '/service/container', { body: { serviceId: 's1', action: 'stop' } }).reply(transaction);
    expect(await ecsm.containers.actOnService('stop', 's1')).toEqual(transaction);
    server.verify();
  });
});
