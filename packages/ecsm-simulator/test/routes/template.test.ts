import { describe, expect, it } from 'vitest';

import { matching } from '../helpers/matchers.js';
import { startSimulator } from '../helpers/start.js';

async function withTemplate() {
  const started = await startSimulator();
  const { api } = started;
  await api.data('POST', '/provision-template/path-label/folder', { name: 'plant', path: '/' });
  const { provisionTmplList } = await api.data<{ provisionTmplList: { id: string; name: string }[] }>(
    'POST',
    '/provision-template/path-label/service/batch',
    { imageRefs: ['web@1.0.0#sylixos', 'camera@latest#linux'], path: '/plant' },
  );
  const [web, camera] = provisionTmplList;
  return { ...started, web: web!, camera: camera! };
}

describe('templates', () => {
  it('live in a tree of folders', async () => {
    const { api, web } = await withTemplate();
    expect(web).toEqual({ id: matching(/^[0-9a-f]{32}$/), name: 'web' });
    expect(await api.data('GET', '/provision-template/path-label/tree?path=%2F&model=simple')).toEqual({
      name: '/',
      realpath: '/',
      childCount: 1,
      children: {
        plant: {
          name: 'plant',
          realpath: '/plant',
          childCount: 2,
          children: {
            web: { name: 'web', realpath: '/plant/web', childCount: 0, children: {} },
            camera: { name: 'camera', realpath: '/plant/camera', childCount: 0, children: {} },
          },
        },
      },
    });
    const shallow = await api.data('GET', '/provision-template/path-label/tree?path=%2F&level=1&model=full');
    expect(shallow).toMatchObject({ children: { plant: { data: { kind: 'folder' }, children: {} } } });
    const again = { imageRefs: ['web@1.0.0#sylixos'], path: '/plant' };
    expect((await api.call('POST', '/provision-template/path-label/service/batch', again)).status).toBe(409);
    const lost = { name: 'x', path: '/nowhere' };
    expect((await api.call('POST', '/provision-template/path-label/folder', lost)).status).toBe(404);
  });

  it('are found by id, path and search', async () => {
    const { api, web } = await withTemplate();
    const byId = await api.data('GET', `/provision-template/${web.id}`);
    expect(byId).toMatchObject({ name: 'web', kind: 'service', spec: { image: { ref: 'web@1.0.0#sylixos' } } });
    expect(await api.data('GET', '/provision-template/path-label?path=%2Fplant%2Fweb')).toEqual(byId);
    expect(await api.data('GET', '/provision-template/path-label/search?key=we&kind=service')).toMatchObject([
      { id: web.id, hostname: 'web', realpath: '/plant/web' },
    ]);
  });

  it('move with all below them', async () => {
    const { api, web } = await withTemplate();
    await api.data('PUT', '/provision-template/path-label/move', { src: '/plant', dst: '/ship' });
    expect(await api.data('GET', '/provision-template/path-label?path=%2Fship%2Fweb')).toMatchObject({ id: web.id });
    const below = { src: '/ship', dst: '/ship/inner' };
    expect((await api.call('PUT', '/provision-template/path-label/move', below)).status).toBe(409);
  });

  it('are deployed under their path: created, then updated', async () => {
    const { api, simulator, web } = await withTemplate();
    const [first] = await api.data<{ id: string; containers: string[] }[]>(
      'POST',
      '/service/run/templates-path-label',
      { paths: ['/plant/web'] },
    );
    simulator.cluster.advance(10_000);
    expect(await api.data('GET', `/service/${first!.id}`)).toMatchObject({ name: 'web', instanceOnline: 3 });
    expect(simulator.cluster.services.get(first!.id).pathLabel).toBe('/plant/web');
    const answer = await api.data('PUT', `/provision-templates/${web.id}`, {
      templates: {
        image: { ref: 'web@2.0.0#sylixos', config: {} },
        node: { names: ['worker-1'] },
        policy: 'dynamic',
        factor: 2,
      },
      action: 'run',
    });
    expect(answer).toMatchObject({ id: web.id, deployResult: { result: 'updated', provisionId: first!.id } });
    simulator.cluster.advance(10_000);
    expect(await api.data('GET', `/service/${first!.id}`)).toMatchObject({ policy: 'dynamic', instanceOnline: 2 });
  });

  it('change their image by id or by path, with a result for each', async () => {
    const { api, web } = await withTemplate();
    expect(
      await api.data('PUT', '/provision-templates', {
        templates: [
          { id: web.id, imageRef: 'web@1.1.0#sylixos', action: 'load' },
          { id: 'unknown', imageRef: 'web@1.1.0#sylixos' },
        ],
      }),
    ).toMatchObject([
      { id: web.id, result: true, deployResult: { result: 'created', provisionTmpld: web.id } },
      { id: 'unknown', result: false, deployResult: null },
    ]);
    expect(
      await api.data('PUT', '/provision-templates/images', {
        templates: [{ name: '/plant/web', imageRef: 'web@2.0.0#sylixos' }],
        action: 'run',
      }),
    ).toMatchObject([{ id: web.id, name: '/plant/web', result: true, deployResult: { result: 'updated' } }]);
  });

  it('are deleted by path, by id and in a batch under either name', async () => {
    const { api, camera, web } = await withTemplate();
    expect(await api.data('DELETE', `/provision-template/path-label/${web.id}`)).toEqual({ id: web.id });
    expect(await api.data('DELETE', '/provision-template/path-label', { id: [camera.id] })).toEqual({
      id: [camera.id],
    });
    await api.data('DELETE', '/provision-template/path-label', { path: '/plant' });
    expect((await api.call('GET', `/provision-template/${web.id}`)).status).toBe(404);
    expect((await api.call('DELETE', '/provision-template/path-label', { ids: ['x'] })).status).toBe(404);
    expect((await api.call('DELETE', '/provision-template/path-label', {})).status).toBe(400);
  });
});
