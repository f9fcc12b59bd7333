// Exchanges written by hand from the platform's API pages and from programs that talk to a real server.
import { collect } from '@ecsm/ecsm-client';
import { pageOf } from '@ecsm/ecsm-client/testing';
import { describe, expect, it } from 'vitest';

import { connect, rejection } from '../helpers/connect.js';

const id = 'c0ffee00c0ffee00c0ffee00c0ffee00';

describe('templates over the wire (39)', () => {
  it('creates, moves and deletes', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const base = '/provision-template/path-label';
    server
      .expect('POST', `${base}/service/batch`, { body: { imageRefs: ['nginx@1.0.0#linux'], path: '/a' } })
      .reply({ provisionTmplList: [{ id }] });
    server.expect('POST', `${base}/folder`, { body: { name: 'b', path: '/a' } }).reply({ id, path: '/a/b' });
    server.expect('PUT', `${base}/move`, { body: { src: '/a', dst: '/b' } }).reply({ id });
    server.expect('DELETE', base, { body: { path: '/b' } }).reply({ id });
    server.expect('DELETE', base, { body: { id: [id], ids: [id] } }).reply({ id: [id] });
    server.expect('DELETE', `${base}/${id}`).reply({ id });
    expect(await ecsm.templates.create('/a', ['nginx@1.0.0#linux'])).toEqual([{ id }]);
    expect(await ecsm.templates.createFolder('/a', 'b')).toEqual({ id, path: '/a/b' });
    expect(await ecsm.templates.move('/a', '/b')).toBe(id);
    expect(await ecsm.templates.deleteByPath('/b')).toEqual([id]);
    expect(await ecsm.templates.deleteMany([id])).toEqual([id]);
    expect(await ecsm.templates.delete(id)).toBe(id);
    server.verify();
  });

  it('updates', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const deployResult = { provisionTmpld: id, result: 'updated', provisionId: 's1', tasks: [{ id: 't1' }] };
    const byId = { templates: [{ id, imageRef: 'nginx@1.0.1#linux' }], action: 'run' as const };
    const byName = { templates: [{ name: '/a/nginx', imageRef: 'nginx@1.0.1#linux' }] };
    const result = { id, result: true, message: '', deployResult };
    server
      .expect('PUT', `/provision-templates/${id}`, { body: { name: 'web', action: 'run' } })
      .reply({ id, deployResult });
    server.expect('PUT', '/provision-templates', { body: byId }).reply([result]);
    server.expect('PUT', '/provision-templates/images', { body: byName }).reply([{ ...result, name: '/a/nginx' }]);
    expect(await ecsm.templates.update(id, { name: 'web', action: 'run' })).toEqual({ id, deployResult });
    expect(await ecsm.templates.updateImages(byId)).toEqual([result]);
    expect(await ecsm.templates.updateImagesByName(byName)).toEqual([{ ...result, name: '/a/nginx' }]);
    server.verify();
  });

  it('reads', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const base = '/provision-template/path-label';
    const template = { id, name: 'nginx', kind: 'service', spec: { image: {} }, createdTime: '', updatedTime: '' };
    const found = { id, name: 'nginx', kind: 'service', realpath: '/a/nginx', createdTime: '', updatedTime: '' };
    const tree = {
      name: 'a',
      realpath: '/a',
      childCount: 1,
      children: { nginx: { name: 'nginx', realpath: '/a/nginx', children: null } },
    };
    server.expect('GET', `/provision-template/${id}`).reply(template);
    server.expect('GET', base, { query: { path: '/a/nginx' } }).reply(template);
    server.expect('GET', `${base}/tree`, { query: { path: '/a', level: 2, model: 'simple' } }).reply(tree);
    server.expect('GET', `${base}/search`, { query: { key: 'ng' } }).reply(found);
    server.expect('GET', `${base}/search`, { query: { key: 'x', kind: 'folder' } }).reply([found, found]);
    expect(await ecsm.templates.get(id)).toEqual(template);
    expect(await ecsm.templates.getByPath('/a/nginx')).toEqual(template);
    expect(await ecsm.templates.tree({ path: '/a', level: 2, model: 'simple' })).toEqual(tree);
    expect(await ecsm.templates.search({ key: 'ng' })).toEqual([found]);
    expect(await ecsm.templates.search({ key: 'x', kind: 'folder' })).toEqual([found, found]);
    server.verify();
  });
});

describe('configuration items over the wire (40)', () => {
  it('creates, updates, deletes and reads', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const item = { key: 'rate', type: 'number' as const, value: 5 };
    server.expect('POST', '/configmap', { body: item }).reply(null);
    server.expect('PUT', '/configmap', { body: { id: '7', ...item } }).reply(null);
    server.expect('DELETE', '/configmap/7').reply(null);
    server.expect('GET', '/configmap/key', { query: { key: 'rate' } }).reply(5);
    server
      .expect('GET', '/configmap', { query: { pageNum: 1, pageSize: 100, key: 'rate' } })
      .reply([{ id: '7', ...item }]);
    await ecsm.configMaps.create(item);
    await ecsm.configMaps.update({ id: '7', ...item });
    await ecsm.configMaps.delete('7');
    expect(await ecsm.configMaps.value('rate')).toBe(5);
    expect(await collect(ecsm.configMaps.all({ key: 'rate' }))).toEqual([{ id: '7', ...item }]);
    server.verify();
  });
});

describe('micro-services over the wire (41)', () => {
  const row = { id: 'm1', name: 'nav', imageName: 'nav', healthInstance: 1, instance: 2, loadBalance: 'roundRobin' };

  it('sends the name filter under both names', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const query = { pageNum: 1, pageSize: 100, name: 'na', keyWord: 'na', projectId: 3, nodeId: 'n1', label: '/a' };
    server.expect('GET', '/micro-service', { query }).reply(pageOf([row]));
    expect((await ecsm.microServices.list({ name: 'na', imageId: 3, nodeId: 'n1', pathLabel: '/a' })).rows).toEqual([
      row,
    ]);
    server.verify();
  });

  it('reads one, and its instances by the NAME of the service', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const instance = { id: 'c1', taskId: 't1', ip: '10.0.0.1', vsoaPort: 4001 };
    server.expect('GET', '/micro-service/m1').reply({ ...row, boDynamic: true });
    server
      .expect('GET', '/micro-service/instance', { query: { id: 'nav', pageNum: 1, pageSize: 100 } })
      .reply(pageOf([instance]));
    expect(await ecsm.microServices.get('m1')).toEqual({ ...row, boDynamic: true });
    expect(await collect(ecsm.microServices.allInstances('nav'))).toEqual([instance]);
    server.verify();
  });

  it('wants a detail for masterSlave and none otherwise', async () => {
    await using connected = await connect();
    const { server, ecsm } = connected;
    const detail = [{ master: 't1', id: 't2' }];
    const body = { id: 'm1', loadBalance: 'masterSlave' as const, loadBalanceDetail: detail };
    server.expect('PUT', '/micro-service', { body }).reply(null);
    await ecsm.microServices.update(body);
    expect(await rejection(ecsm.microServices.update({ id: 'm1', loadBalance: 'masterSlave' }))).toMatchObject({
      code: 'InvalidCall',
    });
    expect(await rejection(ecsm.microServices.update({ ...body, loadBalance: 'roundRobin' }))).toMatchObject({
      code: 'InvalidCall',
    });
    server.verify();
  });
});
