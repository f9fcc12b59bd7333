import { describe, expect, it } from 'vitest';

import type { Simulator } from '@ecsm/ecsm-simulator';

import { dynamicService } from '../helpers/requests.js';
import { startSimulator } from '../helpers/start.js';

async function control(simulator: Simulator, method: string, path: string, body?: unknown) {
  const response = await fetch(`${simulator.url}/control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text };
}

describe('/control', () => {
  it('is not there unless it was asked for', async () => {
    const { simulator } = await startSimulator();
    expect((await control(simulator, 'GET', '/state')).status).toBe(404);
  });

  it('disturbs the cluster and moves its time', async () => {
    const { simulator } = await startSimulator({ control: true });
    const { cluster } = simulator;
    const service = cluster.services.create(dynamicService({ factor: 1 }));
    expect((await control(simulator, 'POST', '/advance', { byMs: 10_000 })).body).toMatchObject({
      elapsedMs: 10_000,
      speed: 0,
    });
    const [task] = service.tasks;
    expect((await control(simulator, 'POST', '/container/kill', { container: task!.containerName })).status).toBe(200);
    expect(task!.phase).toBe('backoff');
    expect((await control(simulator, 'POST', '/container/kill', { container: task!.containerName })).status).toBe(409);
    await control(simulator, 'POST', '/node/down', { node: 'worker-2', loss: 'link' });
    expect(cluster.node('worker-2').link).toBe('unreachable');
    await control(simulator, 'POST', '/node/up', { node: 'worker-2' });
    expect(cluster.node('worker-2').link).toBe('up');
    await control(simulator, 'POST', '/node/type', { node: 'worker-2', os: 'linux' });
    expect(cluster.node('worker-2').realOs).toBe('linux');
    await control(simulator, 'POST', '/load', { service: 'web', load: { mean: 50, amplitude: 10, periodMs: 1000 } });
    expect(service.load).toEqual({ mean: 50, amplitude: 10, periodMs: 1000 });
    await control(simulator, 'POST', '/container/health', { container: task!.id, healthy: false });
    expect(task!.sick).toBe(true);
    const image = await control(simulator, 'POST', '/image', { ref: 'new@1.0.0#linux', sizeMB: 3 });
    expect(image.body).toMatchObject({ ref: 'new@1.0.0#linux' });
    expect((await control(simulator, 'POST', '/speed', { speed: 10 })).body).toMatchObject({ speed: 10 });
  });

  it('looks inside: state, table, requests', async () => {
    const { api, simulator } = await startSimulator({ control: true });
    await api.data('POST', '/service', dynamicService());
    simulator.cluster.advance(10_000);
    expect((await control(simulator, 'GET', '/state')).body).toMatchObject({ version: 1, services: [{ name: 'web' }] });
    const table = (await control(simulator, 'GET', '/table')).body;
    expect(table).toMatch(/^worker-1 +online +up +sylixos +64\/2048 MB/m);
    expect(table).toMatch(/^web +complete +healthy +dynamic +2\+0\/2 +web@1.0.0#sylixos$/m);
    expect((await control(simulator, 'GET', '/requests')).body).toEqual({
      'POST /api/v1/service': { received: 1, executed: 1 },
    });
    await control(simulator, 'DELETE', '/requests');
    expect((await control(simulator, 'GET', '/requests')).body).toEqual({});
  });

  it('sets faults, which never strike the control interface itself', async () => {
    const { api, simulator } = await startSimulator({ control: true });
    await control(simulator, 'POST', '/faults', { rules: [{ kind: 'serverError' }] });
    expect((await api.fetch('GET', '/service/summary')).status).toBe(503);
    expect((await control(simulator, 'GET', '/faults')).body).toEqual({ rules: [{ kind: 'serverError' }] });
    await control(simulator, 'POST', '/faults', 'lan');
    expect((await control(simulator, 'GET', '/faults')).body).toEqual({ latencyMs: 1, jitterMs: 1 });
    await control(simulator, 'POST', '/faults', {});
    await control(simulator, 'POST', '/outage', { lastMs: 1000, kind: 'reset' });
    await expect(api.fetch('GET', '/service/summary')).rejects.toThrow();
    await control(simulator, 'POST', '/outage', { lastMs: 0 });
    expect((await api.fetch('GET', '/service/summary')).status).toBe(200);
  });

  it.each([
    ['/node/down', { node: 'moon' }, 404, 'node moon does not exist'],
    ['/node/down', {}, 400, 'node must be a non-empty string'],
    ['/node/down', { node: 'worker-1', loss: 'theft' }, 400, 'loss must be one of power, link'],
    ['/faults', { rules: [{ kind: 'flood' }] }, 400, 'rules[0].kind: "flood" must be one of delay'],
    ['/faults', 'moon', 400, '"moon" must be one of lan, edge, satellite'],
    ['/load', { service: 'web', load: -1 }, 400, 'must be'],
    ['/image', { ref: 'x' }, 400, 'ref: "x" must match pattern'],
    ['/advance', { byMs: -1 }, 400, 'byMs: -1 must be 0 or more'],
  ])('POST %s %j answers %i: %s', async (path, body, status, message) => {
    const { simulator } = await startSimulator({ control: true });
    const answer = await control(simulator, 'POST', path, body);
    expect(answer.status).toBe(status);
    expect((answer.body as { error: string }).error).toContain(message);
  });
});
