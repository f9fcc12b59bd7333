import { createClientset } from '@ecsm/ecsm-client';
import { expect, it, onTestFinished } from 'vitest';

import type { SimulatorOptions } from '@ecsm/ecsm-simulator';

import { dynamicService, staticService } from './helpers/requests.js';
import { startSimulator } from './helpers/start.js';

/** The typed client on a simulator: either is written from the same reference, neither from the other. */
async function connect(options: SimulatorOptions = {}) {
  const { simulator } = await startSimulator(options);
  const badRows: unknown[] = [];
  const ecsm = createClientset({ baseUrl: simulator.url, onBadRow: (row) => badRows.push(row) });
  onTestFinished(() => ecsm.close());
  onTestFinished(() => {
    expect(badRows).toEqual([]);
  });
  return { cluster: simulator.cluster, ecsm };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

it.each([{}, { actionReply: 'array', replyContainers: 'containerIds', nodeTypeNames: 'display' }] as const)(
  'the client manages services and containers under the settings %j',
  async (settings) => {
    const { cluster, ecsm } = await connect({ settings });
    const { id } = await ecsm.services.create(dynamicService({ image: { vsoa: { port: 4000, healthPath: '/h' } } }));
    cluster.advance(10_000);
    expect((await ecsm.services.get(id)).image).toEqual(cluster.services.get(id).image);
    expect((await all(ecsm.services.all({ name: 'we' }))).map((row) => row.id)).toEqual([id]);
    const containers = await all(ecsm.containers.ofAllServices());
    expect(containers).toHaveLength(2);
    const [first] = containers;
    expect(await ecsm.containers.get(first!.taskId)).toMatchObject({ name: first!.name });
    await ecsm.containers.act('stop', first!.name);
    expect((await all(ecsm.containers.allHistory(first!.taskId))).map(({ cmd }) => cmd)).toEqual(['run', 'stop']);
    await ecsm.containers.actOnService('start', id);
    expect(await ecsm.services.act('restart', [id])).toEqual([id]);
    await ecsm.services.update({ ...dynamicService({ factor: 1 }), id });
    const records = await all(ecsm.records.all(id));
    expect((await ecsm.records.get(records.at(-1)!.id)).factor).toBe(2);
    await ecsm.services.rollback(id, records.at(-1)!.id);
    await ecsm.records.delete(records[0]!.id);
    await ecsm.services.redeploy(id);
    expect(await ecsm.services.isNameTaken('web')).toBe(true);
    expect(await all(ecsm.microServices.all())).toMatchObject([{ name: 'web', instance: 2 }]);
    expect(await ecsm.microServices.get(id)).toMatchObject({ loadBalance: 'roundRobin' });
    cluster.advance(20_000);
    expect(await all(ecsm.microServices.allInstances('web'))).toMatchObject([{ vsoaPort: 4000 }, { vsoaPort: 4000 }]);
    expect(await ecsm.services.summary()).toEqual({ total: 1, health: 1 });
    expect(await ecsm.services.destroy([id])).toEqual([id]);
  },
);

it('the client reads nodes, images and figures', async () => {
  const { cluster, ecsm } = await connect();
  const service = cluster.services.create(staticService());
  cluster.advance(10_000);
  const nodes = await all(ecsm.nodes.all());
  expect(nodes).toHaveLength(5);
  const [first] = nodes;
  expect(await ecsm.nodes.get(first!.id)).toMatchObject({ name: 'worker-1' });
  expect(await ecsm.nodes.getByName('worker-1')).toMatchObject({ id: first!.id });
  expect(await ecsm.nodes.status(nodes.map(({ id }) => id))).toHaveLength(5);
  expect(await ecsm.nodes.delete([first!.id])).toMatchObject({ conflicts: [{ serves: [{ id: service.id }] }] });
  await ecsm.nodes.register({ name: 'extra', address: '10.0.0.9:1112', password: 'x' });
  expect(await ecsm.nodes.isNameTaken('extra')).toBe(true);
  expect(await ecsm.nodes.isAddressTaken('10.0.0.9:1112', { tls: false })).toBe(true);
  await ecsm.nodes.refreshTypes();
  expect(await ecsm.nodes.typeChanges()).toEqual([]);
  expect((await ecsm.overview.nodeView(first!.id)).children).toHaveLength(1);
  expect(await ecsm.overview.nodeMetrics(first!.id)).toHaveLength(1);
  expect(await all(ecsm.containers.allByNodes([first!.id]))).toHaveLength(1);
  const images = await all(ecsm.images.all({ name: 'web', os: 'sylixos' }));
  expect(images).toHaveLength(4);
  expect(await ecsm.images.config('web@1.0.0#sylixos')).toMatchObject({ platform: { os: 'sylixos' } });
  expect(await ecsm.registries.list()).toHaveLength(2);
  expect(await ecsm.registries.image('local', images[0]!.id)).toMatchObject({ name: 'web' });
  expect(await ecsm.images.summary()).toMatchObject({ remote: 1 });
});

it.each(['list', 'object'] as const)(
  'the client manages templates and configuration (search answers %s)',
  async (templateSearchReply) => {
    const { ecsm } = await connect({ settings: { templateSearchReply } });
    await ecsm.templates.createFolder('/', 'plant');
    const [created] = await ecsm.templates.create('/plant', ['web@1.0.0#sylixos']);
    expect(await ecsm.templates.search({ key: 'web' })).toMatchObject([{ realpath: '/plant/web' }]);
    expect(await ecsm.templates.tree({ path: '/', model: 'full' })).toMatchObject({ childCount: 1 });
    const rows = await ecsm.templates.updateImagesByName({
      templates: [{ name: '/plant/web', imageRef: 'web@1.1.0#sylixos' }],
      action: 'run',
    });
    expect(rows).toMatchObject([{ result: true, deployResult: { result: 'created' } }]);
    expect(await ecsm.services.deployTemplates('run', { paths: ['/plant'], force: true })).toHaveLength(1);
    expect(await ecsm.services.actByPath('stop', '/plant')).toHaveLength(1);
    expect(await ecsm.services.deleteByPath('/plant')).toMatchObject([{ result: 'ok' }]);
    await ecsm.templates.move('/plant/web', '/plant/site');
    expect(await ecsm.templates.getByPath('/plant/site')).toMatchObject({ id: created!.id });
    expect(await ecsm.templates.deleteMany([created!.id])).toEqual([created!.id]);
    await ecsm.configMaps.create({ key: 'rate', type: 'number', value: 5 });
    const [item] = await all(ecsm.configMaps.all());
    expect(await ecsm.configMaps.value('rate')).toBe(5);
    await ecsm.configMaps.update({ id: item!.id, key: 'rate', type: 'json', value: [1] });
    await ecsm.configMaps.delete(item!.id);
    expect(await all(ecsm.configMaps.all())).toEqual([]);
  },
);
