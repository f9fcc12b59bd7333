import { describe, expect, it } from 'vitest';

import type { ContainerRow, Page } from '@ecsm/ecsm-client';

import { anyArray, anyNumber, anyText, matching } from '../helpers/matchers.js';
import { dynamicService, staticService } from '../helpers/requests.js';
import { startSimulator } from '../helpers/start.js';

const mebibyte = 1_048_576;

describe('/container', () => {
  it('lists rows with the documented fields', async () => {
    const { api, simulator } = await startSimulator();
    const service = simulator.cluster.services.create(staticService({ node: { names: ['worker-2'] } }));
    simulator.cluster.advance(60_000);
    const page = await api.data<Page<ContainerRow>>(
      'GET',
      `/container/service?pageNum=1&pageSize=5&serviceIds[]=${service.id}`,
    );
    expect(page).toMatchObject({ total: 1, pageNum: 1, pageSize: 5 });
    const node = simulator.cluster.node('worker-2');
    expect(page.list[0]).toEqual({
      id: matching(/^[0-9a-f]{64}$/),
      taskId: anyText,
      name: matching(/^web-[0-9a-f]{8}$/),
      status: 'running',
      uptime: 58,
      startedTime: '2026-01-01 00:00:01',
      createdTime: '2026-01-01 00:00:00',
      taskCreatedTime: '2026-01-01 00:00:00',
      deployStatus: 'success',
      failedMessage: null,
      restartCnt: 0,
      deployNum: 1,
      cpuUsage: { total: anyNumber, cores: anyArray },
      memoryLimit: 64 * mebibyte,
      memoryUsage: anyNumber,
      memoryMaxUsage: anyNumber,
      sizeUsage: anyNumber,
      sizeLimit: 64 * mebibyte,
      serviceId: service.id,
      serviceName: 'web',
      nodeId: node.id,
      address: node.address,
      nodeName: 'worker-2',
      nodeArch: 'arm64',
      imageId: simulator.cluster.state.imagesByRef.get('web@1.0.0#sylixos')!.id,
      imageName: 'web',
      imageVersion: '1.0.0',
      imageOS: 'sylixos',
      imageArch: 'arm64',
    });
  });

  it('pages through several services and nodes; an unknown id adds nothing', async () => {
    const { api, simulator } = await startSimulator();
    const { cluster } = simulator;
    const ids = ['a', 'b', 'c'].map((name) => cluster.services.create(dynamicService({ name, factor: 3 })).id);
    cluster.advance(10_000);
    const query = [...ids, 'unknown'].map((id) => `serviceIds%5B%5D=${id}`).join('&');
    const seen: string[] = [];
    for (const pageNum of [1, 2, 3]) {
      const page = await api.data<Page<ContainerRow>>(
        'GET',
        `/container/service?pageNum=${pageNum}&pageSize=4&${query}`,
      );
      expect(page.total).toBe(9);
      seen.push(...page.list.map(({ taskId }) => taskId));
    }
    expect(new Set(seen).size).toBe(9);
    const byNode = await api.data<Page<ContainerRow>>(
      'GET',
      `/container/node?pageNum=1&pageSize=99&nodeIds[]=${cluster.node('worker-1').id}`,
    );
    expect(byNode.list.every(({ nodeName }) => nodeName === 'worker-1')).toBe(true);
    expect(byNode.total).toBe(3);
    const byKey = await api.data<Page<ContainerRow>>('GET', `/container/service?pageNum=1&pageSize=99&${query}&key=b-`);
    expect(new Set(byKey.list.map(({ serviceName }) => serviceName))).toEqual(new Set(['b']));
    expect(await api.data('GET', '/container/service?pageNum=1&pageSize=5&serviceIds[]=unknown')).toEqual({
      total: 0,
      pageNum: 1,
      pageSize: 5,
      list: [],
    });
  });

  it('reads one by its task id, not by its container id', async () => {
    const { api, simulator } = await startSimulator();
    simulator.cluster.services.create(dynamicService({ factor: 1 }));
    simulator.cluster.advance(10_000);
    const [task] = simulator.cluster.state.tasks.values();
    expect(await api.data('GET', `/container/${task!.id}`)).toMatchObject({ id: task!.containerId });
    expect((await api.call('GET', `/container/${task!.containerId}`)).status).toBe(404);
  });

  it('answers an id that is no task’s with the word success where the settings say so', async () => {
    const { api } = await startSimulator({ settings: { unknownTaskReply: 'successWord' } });
    expect(await api.data('GET', '/container/unknown')).toBe('success');
  });

  it('acts by name under the field id, and shows it in the history under the task id', async () => {
    const { api, simulator } = await startSimulator();
    simulator.cluster.services.create(dynamicService({ factor: 1 }));
    simulator.cluster.advance(10_000);
    const [task] = simulator.cluster.state.tasks.values();
    const answer = await api.data('PUT', '/container', { id: task!.containerName, action: 'stop' });
    expect(answer).toMatchObject({ id: anyText, status: 'running' });
    simulator.cluster.advance(1000);
    expect(await api.data('GET', `/container/${task!.id}`)).toMatchObject({ status: 'exited', uptime: 0 });
    expect(await api.data('GET', `/container/action/history?pageNum=1&pageSize=10&id=${task!.id}`)).toEqual({
      total: 2,
      pageNum: 1,
      pageSize: 10,
      list: [
        { id: task!.id, cmd: 'run', user: 'admin', time: '2026-01-01 00:00:00' },
        { id: task!.id, cmd: 'stop', user: 'admin', time: '2026-01-01 00:00:10' },
      ],
    });
    expect((await api.call('PUT', '/container', { id: task!.id, action: 'stop' })).status).toBe(404);
    expect((await api.call('PUT', '/container', { id: task!.containerName, action: 'destroy' })).status).toBe(400);
    simulator.cluster.takeNodeDown(task!.node.name);
    simulator.cluster.advance(10_000);
    expect((await api.call('PUT', '/container', { id: task!.containerName, action: 'start' })).status).toBe(409);
  });

  it('acts on all containers of a service', async () => {
    const { api, simulator } = await startSimulator();
    const service = simulator.cluster.services.create(dynamicService());
    simulator.cluster.advance(10_000);
    await api.data('PUT', '/service/container', { serviceId: service.id, action: 'pause' });
    expect(await api.data('GET', `/service/${service.id}`)).toMatchObject({
      containerStatusGroup: ['paused', 'paused'],
    });
  });

  it('gives container ids in the reply of an update where the settings say so', async () => {
    const { api, simulator } = await startSimulator({ settings: { replyContainers: 'containerIds' } });
    const service = simulator.cluster.services.create(dynamicService());
    simulator.cluster.advance(10_000);
    const { containers } = await api.data<{ containers: string[] }>('PUT', '/service', {
      ...dynamicService(),
      id: service.id,
    });
    expect(containers).toEqual([...service.tasks].map(({ containerId }) => containerId));
  });
});
