// Exchanges written by hand from the platform's API pages and from programs that talk to a real server.
import { collect, type CreateServiceRequest, UnexpectedAnswerError } from '@ecsm/ecsm-client';
import { pageOf } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import { connect, rejection } from '../helpers/connect.js';

const id = '3bd1ad7a-4f52-4f0b-a3a9-6c6d3c6a4f53';

const row = {
  id: 'b1f6dd9a70a54fc9a6d1c2b2b7d3a7f21',
  name: 'c_worker@1.1.0',
  status: 'complete',
  createdTime: '2025-01-14 09:12:33',
  updatedTime: '2025-01-14 09:12:40',
  imageList: [{ name: 'c_worker', os: 'sylixos', tag: '1.1.0' }],
  nodeList: [{ nodeId: '7f2e', nodeName: 'worker-1', address: '192.168.31.129:1112' }],
  containerStatusGroup: ['running'],
  factor: 1,
  policy: 'static',
  errorInstance: [],
  instanceOnline: 1,
  instanceActive: 1,
  defaultLabels: [],
  pathLabel: '/autotest/c_worker',
};

const request: CreateServiceRequest = {
  name: 'web',
  image: {
    ref: 'nginx@1.0.0#linux',
    action: 'run',
    config: { hostname: 'web', env: ['A=1'] },
    vsoa: { password: 'secret-1', port: 0, healthPath: '/health', healthTimeout: 3000, healthRetries: 3 },
    pullPolicy: 'IfNotPresent',
    autoUpgrade: 'Never',
  },
  node: { names: ['worker-1', 'worker-2'] },
  factor: 2,
  policy: 'dynamic',
  prepull: false,
};

describe('services over the wire', () => {
  it('19 POST /service creates', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('POST', '/service', { body: request }).reply({ id, containers: ['t1', 't2'] });
    expect(await ecsm.services.create(request)).toEqual({ id, containers: ['t1', 't2'] });
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
    server.verify();
  });

  it('20 PUT /service carries the id in the body', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const { name, image, node, factor } = request;
    const rest = { name, image, node, factor: factor ?? 1, policy: 'dynamic' as const };
    server.expect('PUT', '/service', { body: { id, ...rest } }).reply({ id, containers: null });
    expect(await ecsm.services.update({ id, ...rest })).toEqual({ id, containers: [] });
    server.verify();
  });

  it('21 GET /service sends the image id as id and the path label as label', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const query = { pageNum: 2, pageSize: 50, name: 'wor', id: 'img-1', nodeId: 'n1', label: '/autotest' };
    server.expect('GET', '/service', { query }).reply(pageOf([row], { total: 51, pageNum: 2, pageSize: 50 }));
    const filter = { name: 'wor', imageId: 'img-1', nodeId: 'n1', pathLabel: '/autotest' };
    const page = await ecsm.services.list(filter, { pageNum: 2, pageSize: 50 });
    expect(page).toEqual({ rows: [row], badRows: [], total: 51, pageNum: 2, pageSize: 50 });
    server.verify();
  });

  it('21 reads all pages, 100 rows each', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const rows = Array.from({ length: 250 }, (_, index) => ({ ...row, id: `id-${index}` }));
    for (const pageNum of [1, 2, 3]) {
      const list = rows.slice((pageNum - 1) * 100, pageNum * 100);
      server
        .expect('GET', '/service', { query: { pageNum, pageSize: 100 } })
        .reply(pageOf(list, { total: 250, pageNum }));
    }
    expect((await collect(ecsm.services.all())).map((service) => service.id)).toEqual(rows.map((each) => each.id));
    server.verify();
  });

  it('22 GET /service/:id keeps fields it does not know', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const { name, status, policy, factor, instanceOnline, instanceActive, createdTime, updatedTime } = row;
    const { containerStatusGroup, nodeList } = row;
    const counts = { factor, instanceOnline, instanceActive, createdTime, updatedTime };
    const common = { name, status, policy, ...counts, containerStatusGroup, nodeList };
    const detail = {
      ...common,
      id,
      healthy: true,
      image: { ...request.image, novel: 1 },
      node: request.node,
      novel: {},
    };
    server.expect('GET', `/service/${id}`, { query: {} }).reply(detail);
    expect(await ecsm.services.get(id)).toEqual(detail);
    server.verify();
  });

  it('23 DELETE /service/:id answers with a transaction id', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('DELETE', `/service/${id}`, { body: undefined }).reply({ transactionId: 'tx-1' });
    expect(await ecsm.services.delete(id)).toEqual({ transactionId: 'tx-1' });
    server.verify();
  });

  it.each([
    ['an object with ids', { ids: ['a', 'b'] }, ['a', 'b']],
    ['a plain list', ['a', 'b'], ['a', 'b']],
    ['no data', null, []],
  ])('24 POST /service/:action/ids accepts %s', async (_, data, expected) => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('POST', '/service/stop/ids', { body: { ids: ['a', 'b'] } }).reply(data);
    server.expect('POST', '/service/destroy/ids', { body: { ids: ['a'] } }).reply(data);
    expect(await ecsm.services.act('stop', ['a', 'b'])).toEqual(expected);
    expect(await ecsm.services.destroy(['a'])).toEqual(expected);
    server.verify();
  });

  it('25 POST /service/:action/path-label', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('POST', '/service/restart/path-label', { body: { path: '/a/b' } }).reply({ ids: ['a'] });
    expect(await ecsm.services.actByPath('restart', '/a/b')).toEqual(['a']);
    server.verify();
  });

  it('26 POST /service/load/templates-path-label', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const body = { paths: ['/a'], force: true };
    server.expect('POST', '/service/load/templates-path-label', { body }).reply([{ id, containers: ['t1'] }]);
    expect(await ecsm.services.deployTemplates('load', body)).toEqual([{ id, containers: ['t1'] }]);
    server.verify();
  });

  it('27 DELETE /service/path has a body', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const rows = [{ provisionId: id, result: 'ok', transactionId: 'tx', error: null }];
    server.expect('DELETE', '/service/path', { body: { path: '/a' } }).reply(rows);
    expect(await ecsm.services.deleteByPath('/a')).toEqual(rows);
    server.verify();
  });

  it('28 PUT /service/deployment/restart ignores the data', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('PUT', '/service/deployment/restart', { body: { id } }).reply(null);
    await ecsm.services.redeploy(id);
    server.verify();
  });

  it('29 GET /service/name/check: true means taken', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('GET', '/service/name/check', { query: { name: 'web' } }).reply(true);
    server.expect('GET', '/service/name/check', { query: { name: 'web', id } }).reply(false);
    expect(await ecsm.services.isNameTaken('web')).toBe(true);
    expect(await ecsm.services.isNameTaken('web', { exceptId: id })).toBe(false);
    server.verify();
  });

  it('30 PUT /service/rollback answers with a transaction', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const transaction = { id: 'tx', status: 'running', data: null, timestamp: 1736818353 };
    server.expect('PUT', '/service/rollback', { body: { id, recordId: 'r1' } }).reply(transaction);
    expect(await ecsm.services.rollback(id, 'r1')).toEqual(transaction);
    server.verify();
  });

  it('31 GET /service/summary', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.expect('GET', '/service/summary', { query: {} }).reply({ total: 4, health: 3 });
    expect(await ecsm.services.summary()).toEqual({ total: 4, health: 3 });
    server.verify();
  });

  it('32 records: the same id parameter means the service on the list and the record on delete', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const record = {
      id: 'r1',
      name: 'web',
      cmd: 'create',
      createdTime: '2025-01-14 09:12:33',
      image: 'a@1#linux',
      node: {},
    };
    server.expect('GET', '/service/record', { query: { id, pageNum: 1, pageSize: 100 } }).reply(pageOf([record]));
    const detail = {
      name: 'web',
      image: { ref: 'a@1#linux' },
      node: {},
      action: 'run',
      policy: 'static',
      factor: 1,
      cmd: ['x'],
      createdTime: '',
    };
    server.expect('GET', '/service/record/r1').reply(detail);
    server.expect('DELETE', '/service/record', { query: { id: 'r1' } }).reply('success');
    expect(await collect(ecsm.records.all(id))).toEqual([record]);
    expect(await ecsm.records.get('r1')).toEqual(detail);
    await ecsm.records.delete('r1');
    server.verify();
  });

  it('refuses ids that the platform would read as another call', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    for (const reserved of ['summary', 'record', 'path']) {
      expect(await rejection(ecsm.services.delete(reserved))).toMatchObject({ code: 'InvalidCall' });
    }
    expect(server.requests).toEqual([]);
  });

  it('says which field of an answer is odd', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    server.always('GET', '/service/summary').reply({ total: 'many', health: 3 });
    const error = await rejection(ecsm.services.summary());
    expect(error).toBeInstanceOf(UnexpectedAnswerError);
    expect(error.message).toContain('data.total is "many", not a number');
  });
});
