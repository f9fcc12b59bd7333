import { type Clientset, collect, createClientset, isEcsmClientError } from '@ecsm/ecsm-client';
import { envelopeOf, ScriptedServer } from '@ecsm/ecsm-client/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Calls of every resource, each with one answer that decides its fate. */
const calls: Readonly<Record<string, (ecsm: Clientset) => Promise<unknown>>> = {
  'services.list': (ecsm) => ecsm.services.list(),
  'services.all': (ecsm) => collect(ecsm.services.all()),
  'services.get': (ecsm) => ecsm.services.get('a'),
  'services.create': (ecsm) =>
    ecsm.services.create({ name: 'a', image: { ref: 'a@1#linux', action: 'run', config: {} }, node: { names: ['n'] } }),
  'services.delete': (ecsm) => ecsm.services.delete('a'),
  'services.act': (ecsm) => ecsm.services.act('start', ['a']),
  'services.deleteByPath': (ecsm) => ecsm.services.deleteByPath('/a'),
  'services.isNameTaken': (ecsm) => ecsm.services.isNameTaken('a'),
  'nodes.list': (ecsm) => ecsm.nodes.list(),
  'nodes.getByName': (ecsm) => ecsm.nodes.getByName('a'),
  'nodes.delete': (ecsm) => ecsm.nodes.delete(['a']),
  'nodes.status': (ecsm) => ecsm.nodes.status(['a']),
  'images.list': (ecsm) => ecsm.images.list(),
  'images.config': (ecsm) => ecsm.images.config('a@1#linux'),
  'registries.image': (ecsm) => ecsm.registries.image('local', 'a'),
  'containers.listByNodes': (ecsm) => ecsm.containers.listByNodes(['a']),
  'containers.get': (ecsm) => ecsm.containers.get('a'),
  'containers.history': (ecsm) => ecsm.containers.history('a'),
  'templates.tree': (ecsm) => ecsm.templates.tree({ path: '/' }),
  'templates.search': (ecsm) => ecsm.templates.search({}),
  'templates.deleteMany': (ecsm) => ecsm.templates.deleteMany(['a']),
  'records.get': (ecsm) => ecsm.records.get('a'),
  'configMaps.list': (ecsm) => ecsm.configMaps.list(),
  'configMaps.value': (ecsm) => ecsm.configMaps.value('a'),
  'microServices.get': (ecsm) => ecsm.microServices.get('a'),
  'microServices.instances': (ecsm) => ecsm.microServices.instances('a'),
  'overview.nodeView': (ecsm) => ecsm.overview.nodeView('a'),
  'overview.nodeMetrics': (ecsm) => ecsm.overview.nodeMetrics('a'),
};

/** Names that rows have, so that fuzzed objects get past the first check. */
// prettier-ignore
const fieldNames = [
  'id', 'name', 'status', 'list', 'total', 'pageNum', 'policy', 'factor', 'instanceOnline', 'image', 'ref', 'config',
  'nodes', 'children', 'taskId', 'errorInstance', 'nodeList', 'imageList', 'cpuUsage', 'cores', 'ids', 'ip', 'port',
  'tls', 'vsoaPort', 'serves', 'realpath', 'kind', '__proto__', 'constructor', 'toString', 'then',
];

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 1, -1, 1e300, '', 'success', 'running', '7', 'static'),
    fc.string(),
    fc.double(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...fieldNames), tie('any'), { maxKeys: 8 }),
  ),
})).any;

describe('answers nobody expects', () => {
  let server: ScriptedServer;
  let ecsm: ReturnType<typeof createClientset>;
  let body = '';

  beforeAll(async () => {
    server = await ScriptedServer.start();
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      server.always(method, '*').answer(() => ({ kind: 'reply', body }));
    }
    ecsm = createClientset({ baseUrl: server.baseUrl, retry: { maxRetries: 0 }, reasonOf: () => 'Unknown' });
  });
  afterAll(async () => {
    await ecsm.close();
    await server.close();
  });

  async function expectResultOrTypedError(call: (ecsm: Clientset) => Promise<unknown>): Promise<void> {
    try {
      await call(ecsm);
    } catch (error) {
      if (!isEcsmClientError(error)) throw error;
      expect(error.message).toContain(server.baseUrl);
    }
  }

  it.each(Object.entries(calls))('%s makes a result or a typed error of any data', async (_, call) => {
    await fc.assert(
      fc.asyncProperty(value, async (data) => {
        body = JSON.stringify(envelopeOf(data));
        await expectResultOrTypedError(call);
      }),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it('any envelope and any text make a result or a typed error', async () => {
    const text = fc.oneof(
      value.map((envelope) => JSON.stringify(envelope)),
      fc
        .record({ status: value, message: value, data: value, fieldErrors: value }, { requiredKeys: [] })
        .map((envelope) => JSON.stringify(envelope)),
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.nat(60), value).map(([cut, data]) => JSON.stringify(envelopeOf(data)).slice(0, cut)),
    );
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(...Object.values(calls)), async (answer, call) => {
        body = answer;
        await expectResultOrTypedError(call);
      }),
      { seed: 20260102, numRuns: 600 },
    );
  });

  it('a row that was handed out has what its type promises', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value), async (list) => {
        body = JSON.stringify(envelopeOf({ total: list.length, pageNum: 1, pageSize: 100, list }));
        const page = await ecsm.services.list();
        expect(page.rows.length + page.badRows.length).toBe(list.length);
        for (const row of page.rows) {
          expect(row.id).not.toBe('');
          expect(typeof row.name).toBe('string');
          expect(Number.isFinite(row.factor)).toBe(true);
          expect(Number.isFinite(row.instanceOnline)).toBe(true);
          expect(row.errorInstance?.every((each) => typeof each.message === 'string')).toBe(true);
        }
      }),
      { seed: 20260103, numRuns: 200 },
    );
  });
});
