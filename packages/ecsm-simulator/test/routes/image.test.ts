import { describe, expect, it } from 'vitest';

import type { ImageRow, Page } from '@ecsm/ecsm-client';

import { matching } from '../helpers/matchers.js';
import { startSimulator } from '../helpers/start.js';

describe('/image', () => {
  it('lists the images of a registry and filters them', async () => {
    const { api } = await startSimulator();
    const page = await api.data<Page<ImageRow>>(
      'GET',
      '/image?registryId=local&pageNum=1&pageSize=50&name=web&os=linux',
    );
    expect(page.list.map(({ tag }) => tag)).toEqual(['1.0.0', '1.1.0', '2.0.0', '1.2.0-broken']);
    expect(page.list[0]).toEqual({
      id: matching(/^[0-9a-f]{32}$/),
      name: 'web',
      tag: '1.0.0',
      os: 'linux',
      arch: 'arm64',
      createdTime: '2026-01-01T00:00:00.000Z',
      size: 12,
      author: 'demo',
      pulled: true,
      description: '',
      ociVersion: '1.0.0',
    });
    const ground = await api.data<Page<ImageRow>>('GET', '/image?registryId=ground&pageNum=1&pageSize=50');
    expect(ground.list).toMatchObject([{ name: 'recorder', pulled: false, author: null }]);
    expect((await api.call('GET', '/image?registryId=moon&pageNum=1&pageSize=5')).status).toBe(404);
    expect((await api.call('GET', '/image?pageNum=1&pageSize=5')).status).toBe(400);
  });

  it('gives the configuration one level deeper than one expects', async () => {
    const { api } = await startSimulator();
    expect(await api.data('GET', '/image/config?ref=web%401.0.0%23sylixos')).toMatchObject({
      config: { platform: { os: 'sylixos' }, sylixos: { resources: { memory: { memoryLimitMB: 128 } } } },
    });
    expect(await api.call('GET', '/image/config?ref=web%409%23linux')).toMatchObject({ status: 404, data: null });
  });

  it('counts images by registry; the built-in one has no status', async () => {
    const { api } = await startSimulator();
    expect(await api.data('GET', '/image/summary')).toEqual({ local: 14, remote: 1 });
    expect(await api.data('GET', '/image/count?name=web')).toEqual([
      { count: 8, registryId: 'local', registryName: '本地仓库' },
      { count: 0, registryId: 'ground', registryName: 'ground station', status: true, standard: true },
    ]);
  });

  it('shows one image with its configuration as object and as text', async () => {
    const { api, simulator } = await startSimulator();
    const image = simulator.cluster.state.imagesByRef.get('web@1.0.0#sylixos')!;
    expect(await api.data('GET', `/registry/local/image/${image.id}`)).toMatchObject({
      path: 'web/1.0.0',
      hostname: 'web',
      rawConfig: JSON.stringify(image.config),
      config: image.config,
      delete: false,
    });
    expect((await api.call('GET', `/registry/ground/image/${image.id}`)).status).toBe(404);
  });
});
