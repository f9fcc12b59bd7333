import { ECSMService } from '@ecsm/api-types';
import { createClientset } from '@ecsm/ecsm-client';
import { Simulator, type ClusterSpec } from '@ecsm/ecsm-simulator';
import { Operator } from '@ecsm/operator';
import { MemoryStore, Registry } from '@ecsm/registry';

import { cost, type Benchmark, type Result } from './benchmark.js';

/** A cluster with room for all. */
const cluster: ClusterSpec = {
  nodes: Array.from({ length: 50 }, (_, index) => ({
    name: `node-${index}`,
    os: 'sylixos' as const,
    memoryMB: 1_000_000,
    diskMB: 1_000_000,
  })),
  images: [{ ref: 'web@1.0.0#sylixos', sizeMB: 1 }],
};

const rowsPerRequest = 100;
const steadyPolls = 20;

/** Applies objects, waits until all are Available, and counts what that took. */
async function* converge(count: number): AsyncIterable<Result> {
  await using simulator = await Simulator.start({ cluster, speed: 20 });
  let requests = 0;
  let bytes = 0;
  await using clientset = createClientset({
    baseUrl: simulator.url,
    onAttempt: (event) => {
      requests++;
      bytes += event.responseBytes;
    },
  });
  await using registry = new Registry({ store: new MemoryStore() });
  const services = registry.resource(ECSMService).namespace('default');
  for (let index = 0; index < count; index++) {
    await services.create({
      apiVersion: 'ecsm.sh/v1',
      kind: 'ECSMService',
      metadata: { name: `service-${index}` },
      spec: {
        deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: [`node-${index % 50}`] },
        template: { image: 'web@1.0.0#sylixos' },
      },
    });
  }
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  await using operator = await Operator.start({
    registry,
    clientset,
    pollIntervalMs: 1000,
    movingPollIntervalMs: 1000,
  });
  await operator.settled({ signal: AbortSignal.timeout(600_000) });
  const tookMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  const least = 2 * count + operator.polls * Math.ceil(count / rowsPerRequest);
  const name = `${count} services`;
  const note = 'operator and simulated platform share the process';
  yield { name: `${name}: time to converge`, unit: 'ms', ours: tookMs, note };
  yield cost(`${name}: requests`, 'requests', requests, least, 'one create, one detail and the polls', note);
  yield { name: `${name}: CPU`, unit: 'ms', ours: (user + system) / 1000, note };
  if (bytes > 0) yield { name: `${name}: bytes received per service`, unit: 'bytes', ours: bytes / count };
  const before = { requests, polls: operator.polls, cpu: process.cpuUsage() };
  const waitUntil = before.polls + steadyPolls;
  while (operator.polls < waitUntil) await new Promise((resolve) => setTimeout(resolve, 100));
  const steady = process.cpuUsage(before.cpu);
  const polls = operator.polls - before.polls;
  yield { name: `${name}: requests of a poll at rest`, unit: 'requests', ours: (requests - before.requests) / polls };
  yield {
    name: `${name}: CPU of a poll at rest`,
    unit: 'ms',
    ours: (steady.user + steady.system) / 1000 / polls,
    note,
  };
  yield { name: `${name}: resident memory`, unit: 'bytes', ours: process.memoryUsage().rss, note };
}

/** Benchmarks of the operator. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: 'converge 1000',
    description: 'Makes 1,000 declared services run on a simulated platform over HTTP, and then rests.',
    run: () => converge(1000),
  },
];
