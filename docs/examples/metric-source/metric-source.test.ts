import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { ECSMService } from '@ecsm/api-types';
import { createClientset } from '@ecsm/ecsm-client';
import { Simulator } from '@ecsm/ecsm-simulator';
import { Operator } from '@ecsm/operator';
import { MemoryStore, Registry } from '@ecsm/registry';
import { readManifests } from '@ecsm/registry/manifests';
import { expect, it } from 'vitest';

import { PrometheusMetrics } from './prometheus-metrics.js';

/** Answers queries as Prometheus does, always with one number. */
async function startPrometheus(value: string) {
  const queries: string[] = [];
  const server = createServer((request, response) => {
    queries.push(new URL(request.url ?? '', 'http://here').searchParams.get('query') ?? '');
    response.end(
      JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ value: [0, value] }] } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    queries,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

it('wakes a service from zero when jobs wait', { timeout: 60_000 }, async ({ signal }) => {
  await using prometheus = await startPrometheus('25');
  await using simulator = await Simulator.start({ speed: 100 });
  await using registry = new Registry({ store: new MemoryStore() });
  await using clientset = createClientset({ baseUrl: simulator.url });
  const services = registry.resource(ECSMService).namespace('default');
  await services.create({
    apiVersion: 'ecsm.sh/v1',
    kind: 'ECSMService',
    metadata: { name: 'worker' },
    spec: {
      deploymentStrategy: { type: 'Dynamic', replicas: 0, nodePool: ['worker-1', 'worker-2'] },
      template: { image: 'web@1.0.0#sylixos' },
    },
  });
  const decoded = await readManifests(join(import.meta.dirname, 'jobs.yaml'), { scheme: registry.scheme });
  const results = await registry.applyAll(decoded.flatMap(({ manifest }) => manifest ?? []));
  expect(results.map(({ outcome }) => outcome)).toEqual(['created']);
  await using operator = await Operator.start({
    registry,
    clientset,
    autoscalePeriodMs: 100,
    metricSources: [
      new PrometheusMetrics(prometheus.url, {
        'jobs-waiting': ({ target }) => `jobs_waiting{service="${target.name}"}`,
      }),
    ],
  });
  for await (const event of services.watch({ sendInitialEvents: true, signal })) {
    if (event.type === 'modified' && event.object.status?.readyReplicas === 3) break;
  }
  expect(prometheus.queries).toContain('jobs_waiting{service="worker"}');
  expect(operator.reachability.state).toBe('reachable');
});
