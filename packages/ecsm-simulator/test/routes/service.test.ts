import { describe, expect, it } from 'vitest';

import type { Page, RecordRow, ServiceRow, ServiceWriteData } from '@ecsm/ecsm-client';

import { anyText, matching } from '../helpers/matchers.js';
import { dynamicService, staticService } from '../helpers/requests.js';
import { startSimulator } from '../helpers/start.js';

describe('/service', () => {
  it('creates, reads, updates and deletes', async () => {
    const { api, simulator } = await startSimulator();
    const written = await api.data<ServiceWriteData>('POST', '/service', dynamicService());
    expect(written.containers).toEqual([...simulator.cluster.state.tasks.keys()]);
    const detail = await api.data('GET', `/service/${written.id}`);
    expect(detail).toMatchObject({ name: 'web', status: 'deploying', healthy: false, factor: 2, policy: 'dynamic' });
    expect(detail).toMatchObject({ image: dynamicService().image, node: dynamicService().node });
    simulator.cluster.advance(10_000);
    const updated = await api.data<ServiceWriteData>('PUT', '/service', {
      ...dynamicService({ name: 'site', factor: 3 }),
      id: written.id,
    });
    expect(updated.id).toBe(written.id);
    simulator.cluster.advance(10_000);
    expect(await api.data('GET', `/service/${written.id}`)).toMatchObject({
      name: 'site',
      status: 'complete',
      healthy: true,
      instanceOnline: 3,
      instanceActive: 0,
      containerStatusGroup: ['running', 'running', 'running'],
    });
    expect(await api.data('DELETE', `/service/${written.id}`)).toEqual({ transactionId: anyText });
    simulator.cluster.advance(10_000);
    expect(await api.call('GET', `/service/${written.id}`)).toMatchObject({ status: 404, data: null });
    expect((await api.call('DELETE', `/service/${written.id}`)).status).toBe(404);
  });

  it('lists rows with the documented fields', async () => {
    const { api, simulator } = await startSimulator();
    const { id } = simulator.cluster.services.create(staticService({ node: { names: ['worker-2'] } }));
    simulator.cluster.advance(10_000);
    const page = await api.data<Page<ServiceRow>>('GET', '/service?pageNum=1&pageSize=10');
    expect(page).toEqual({
      total: 1,
      pageNum: 1,
      pageSize: 10,
      list: [
        {
          id,
          name: 'web',
          status: 'complete',
          createdTime: '2026-01-01 00:00:00',
          updatedTime: '2026-01-01 00:00:00',
          imageList: [{ name: 'web', os: 'sylixos', tag: '1.0.0' }],
          nodeList: [{ nodeId: anyText, nodeName: 'worker-2', address: '10.10.0.2:1112' }],
          containerStatusGroup: ['running'],
          factor: 1,
          policy: 'static',
          errorInstance: [],
          instanceOnline: 1,
          instanceActive: 0,
          defaultLabels: [],
          pathLabel: '',
        },
      ],
    });
  });

  it('filters by name, image id, node id and path label', async () => {
    const { api, simulator } = await startSimulator();
    const { cluster } = simulator;
    cluster.services.create(staticService({ name: 'one', node: { names: ['worker-1'] } }), { pathLabel: '/a/one' });
    cluster.services.create(
      staticService({ name: 'two', node: { names: ['worker-2'] }, image: { ref: 'web@2.0.0#sylixos' } }),
    );
    const names = async (filter: string): Promise<string[]> =>
      (await api.data<Page<ServiceRow>>('GET', `/service?pageNum=1&pageSize=10&${filter}`)).list.map(
        ({ name }) => name,
      );
    expect(await names('name=o')).toEqual(['one', 'two']);
    expect(await names('name=wo')).toEqual(['two']);
    expect(await names(`id=${cluster.state.imagesByRef.get('web@2.0.0#sylixos')!.id}`)).toEqual(['two']);
    expect(await names(`nodeId=${cluster.node('worker-1').id}`)).toEqual(['one']);
    expect(await names('label=%2Fa')).toEqual(['one']);
    expect(await names('nodeId=unknown')).toEqual([]);
  });

  it('refuses more instances than it can hold, instead of making them for ever', async () => {
    const { api } = await startSimulator();
    const { message } = await api.call('POST', '/service', dynamicService({ factor: 99_999_999_999 }));
    expect(message).toContain('factor must be an integer from 0 to 10000');
  });

  it('refuses what breaks the field table, naming every field', async () => {
    const { api } = await startSimulator({ settings: { fieldErrors: 'object', failureHttpStatus: 'envelope' } });
    const response = await api.fetch('POST', '/service', {
      name: '',
      image: { ref: 'web', action: 'go', config: null, pullPolicy: 'Sometimes', vsoa: { port: -1, healthPath: 5 } },
      node: { names: [] },
      factor: 1.5,
      policy: 'chaotic',
      prepull: 'yes',
    });
    expect(response.status).toBe(400);
    const { fieldErrors } = (await response.json()) as { fieldErrors: object };
    expect(Object.keys(fieldErrors).sort()).toEqual([
      'factor',
      'image.action',
      'image.config',
      'image.pullPolicy',
      'image.ref',
      'image.vsoa.healthPath',
      'image.vsoa.port',
      'name',
      'node.names',
      'policy',
      'prepull',
    ]);
    const unknown = await api.call('POST', '/service', dynamicService({ node: { names: ['worker-1', 'moon'] } }));
    expect(unknown).toMatchObject({ status: 400, message: 'parameter error: node.names must exist: moon' });
  });

  it('answers a body that is no JSON with an envelope', async () => {
    const { simulator } = await startSimulator();
    const response = await fetch(`${simulator.url}/api/v1/service`, { method: 'POST', body: '{"name":' });
    expect(await response.json()).toMatchObject({ status: 400, message: matching(/not JSON/) });
  });

  it.each(['object', 'array'] as const)('acts on services by ids and answers in the form %s', async (actionReply) => {
    const { api, simulator } = await startSimulator({ settings: { actionReply } });
    const service = simulator.cluster.services.create(dynamicService());
    simulator.cluster.advance(10_000);
    const act = (action: string): Promise<unknown> => api.data('POST', `/service/${action}/ids`, { ids: [service.id] });
    expect(await act('stop')).toEqual(actionReply === 'array' ? [service.id] : { ids: [service.id] });
    simulator.cluster.advance(1000);
    expect(await api.data('GET', `/service/${service.id}`)).toMatchObject({
      status: 'complete',
      containerStatusGroup: ['exited', 'exited'],
      instanceActive: 2,
    });
    await act('start');
    simulator.cluster.advance(1000);
    expect(await api.data('GET', `/service/${service.id}`)).toMatchObject({ instanceOnline: 2 });
    await act('destroy');
    simulator.cluster.advance(1000);
    expect(await api.data('GET', '/service/summary')).toEqual({ total: 0, health: 0 });
    expect((await api.call('POST', '/service/explode/ids', { ids: [] })).status).toBe(404);
  });

  it('shows stopped services as stopped where the settings say so', async () => {
    const { api, simulator } = await startSimulator({ settings: { stoppedServiceStatus: 'stopped' } });
    const service = simulator.cluster.services.create(dynamicService());
    simulator.cluster.advance(10_000);
    await api.data('POST', '/service/stop/ids', { ids: [service.id] });
    simulator.cluster.advance(10_000);
    expect(await api.data('GET', `/service/${service.id}`)).toMatchObject({ status: 'stopped' });
  });

  it('acts on and deletes everything under a path', async () => {
    const { api, simulator } = await startSimulator();
    const { services } = simulator.cluster;
    const inside = services.create(staticService({ name: 'in' }), { pathLabel: '/a/b/in' });
    const beside = services.create(staticService({ name: 'beside' }), { pathLabel: '/a/bc' });
    simulator.cluster.advance(10_000);
    expect(await api.data('POST', '/service/restart/path-label', { path: '/a/b' })).toEqual({ ids: [inside.id] });
    expect(await api.data('DELETE', '/service/path', { path: '/a/b' })).toEqual([
      { provisionId: inside.id, result: 'ok', transactionId: anyText, error: null },
    ]);
    simulator.cluster.advance(10_000);
    expect([...simulator.cluster.state.services.keys()]).toEqual([beside.id]);
  });

  it('checks names: true is taken', async () => {
    const { api, simulator } = await startSimulator();
    const { id } = simulator.cluster.services.create(dynamicService());
    expect(await api.data('GET', '/service/name/check?name=web')).toBe(true);
    expect(await api.data('GET', `/service/name/check?name=web&id=${id}`)).toBe(false);
    expect(await api.data('GET', '/service/name/check?name=wep')).toBe(false);
  });

  it('redeploys on request', async () => {
    const { api, simulator } = await startSimulator();
    const service = simulator.cluster.services.create(dynamicService({ factor: 1 }));
    simulator.cluster.advance(10_000);
    await api.data('PUT', '/service/deployment/restart', { id: service.id });
    simulator.cluster.advance(10_000);
    expect([...service.tasks].map((task) => task.deployNum)).toEqual([2]);
  });
});

describe('/service/record', () => {
  it('lists, shows, deletes and rolls back to deployments', async () => {
    const { api } = await startSimulator();
    const { id } = await api.data<ServiceWriteData>('POST', '/service', dynamicService());
    await api.data('PUT', '/service', { ...dynamicService({ image: { ref: 'web@2.0.0#sylixos' } }), id });
    const page = await api.data<Page<RecordRow>>('GET', `/service/record?id=${id}&pageNum=1&pageSize=10`);
    expect(page.list).toMatchObject([
      { name: 'web', cmd: '/apps/web', image: 'web@2.0.0#sylixos' },
      { name: 'web', cmd: '/apps/web', image: 'web@1.0.0#sylixos' },
    ]);
    const [newest, oldest] = page.list;
    expect(await api.data('GET', `/service/record/${oldest!.id}`)).toMatchObject({
      image: { ref: 'web@1.0.0#sylixos', path: '/web' },
      cmd: ['/apps/web'],
      action: 'run',
      policy: 'dynamic',
      factor: 2,
      vsoa: null,
    });
    expect(await api.data('PUT', '/service/rollback', { id, recordId: oldest!.id })).toEqual({
      id: anyText,
      status: 'running',
      data: null,
      timestamp: Date.UTC(2026, 0, 1),
    });
    expect(await api.data('GET', `/service/${id}`)).toMatchObject({ image: { ref: 'web@1.0.0#sylixos' } });
    expect(await api.data('DELETE', `/service/record?id=${newest!.id}`)).toBe('success');
    expect((await api.call('GET', `/service/record/${newest!.id}`)).status).toBe(404);
    expect((await api.call('PUT', '/service/rollback', { id, recordId: newest!.id })).status).toBe(404);
  });

  it('keeps as many as the settings say', async () => {
    const { simulator } = await startSimulator({ settings: { recordLimit: 3 } });
    const { services } = simulator.cluster;
    const service = services.create(dynamicService());
    for (let factor = 1; factor < 6; factor++) services.update({ ...dynamicService({ factor }), id: service.id });
    expect(service.records.map(({ factor }) => factor)).toEqual([3, 4, 5]);
  });
});
