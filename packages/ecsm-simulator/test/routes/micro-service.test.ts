import { expect, it } from 'vitest';

import { dynamicService } from '../helpers/requests.js';
import { startSimulator } from '../helpers/start.js';

it('shows services with a VSOA server, their instances and where peers reach them', async () => {
  const { api, simulator } = await startSimulator();
  const { cluster } = simulator;
  cluster.services.create(dynamicService({ name: 'plain' }));
  const service = cluster.services.create(
    dynamicService({ name: 'radio', factor: 2, image: { vsoa: { port: 4000, healthPath: '/health' } } }),
  );
  cluster.advance(20_000);
  const page = await api.data('GET', '/micro-service?pageNum=1&pageSize=10&keyWord=rad');
  expect(page).toMatchObject({
    total: 1,
    list: [
      { id: service.id, name: 'radio', imageName: 'web', healthInstance: 2, instance: 2, loadBalance: 'roundRobin' },
    ],
  });
  expect(await api.data('GET', `/micro-service/${service.id}`)).toMatchObject({ boDynamic: true });
  const [task] = service.tasks;
  expect(await api.data('GET', '/micro-service/instance?pageNum=-1&pageSize=10&id=radio')).toMatchObject({
    total: 2,
    list: [{ id: task!.containerId, taskId: task!.id, ip: '10.10.0.3', vsoaPort: 4000 }, {}],
  });
  const details = [{ master: 'x', id: task!.id }];
  const put = async (body: object): Promise<number> =>
    (await api.call('PUT', '/micro-service', { id: service.id, ...body })).status;
  expect(await put({ loadBalance: 'masterSlave' })).toBe(400);
  expect(await put({ loadBalance: 'roundRobin', loadBalanceDetail: details })).toBe(400);
  expect(await put({ loadBalance: 'masterSlave', loadBalanceDetail: details })).toBe(200);
  expect(await api.data('GET', `/micro-service/${service.id}`)).toMatchObject({
    loadBalance: 'masterSlave',
    loadBalanceDetail: details,
  });
});
