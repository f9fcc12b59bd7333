import { fork } from 'node:child_process';
import { once } from 'node:events';

import { collect, createClientset } from '@ecsm/ecsm-client';
import { Agent, request as undiciRequest } from 'undici';

import { type Benchmark, cost, median, rate, type Result } from '../benchmark.js';

/** A server in a process of its own. */
async function startServer(): Promise<{ readonly baseUrl: string } & Disposable> {
  const child = fork(new URL('./platform-server.js', import.meta.url));
  const [port] = (await once(child, 'message')) as [number];
  return { baseUrl: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => child.disconnect() };
}

interface Measured {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function measure(work: () => Promise<unknown>, atOnce: number, durationMs: number): Promise<Measured> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() - startedAt < durationMs) {
        await work();
        count++;
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (count * 1000) / (performance.now() - startedAt), cpuMicros: (user + system) / count };
}

async function* listRequest(): AsyncGenerator<Result> {
  using server = await startServer();
  const baseUrl = `${server.baseUrl}/list`;
  const url = `${baseUrl}/api/v1/service?pageNum=1&pageSize=100`;
  await using ecsm = createClientset({ baseUrl, maxConcurrent: 16 });
  const agent = new Agent();
  const ways: Readonly<Record<'ours' | 'fetch' | 'undici', () => Promise<unknown>>> = {
    ours: () => ecsm.services.list(),
    fetch: async () => (await fetch(url)).json(),
    undici: async () => (await undiciRequest(url, { dispatcher: agent })).body.json(),
  };
  for (const atOnce of [10, 1]) {
    const rounds: Record<string, Measured[]> = { ours: [], fetch: [], undici: [] };
    for (const work of Object.values(ways)) await measure(work, atOnce, 300);
    // In turns, so that a busy moment of the machine hits all of them.
    for (let round = 0; round < 7; round++) {
      for (const [name, work] of Object.entries(ways)) rounds[name]?.push(await measure(work, atOnce, 250));
    }
    const middle = (name: string, key: keyof Measured) => median((rounds[name] ?? []).map((one) => one[key]));
    const suffix = atOnce === 1 ? ', one at a time' : '';
    const note = `20 KB page, ${atOnce} at once; ours checks both statuses and every row`;
    for (const peer of ['fetch', 'undici']) {
      const name = peer === 'fetch' ? `list request${suffix}` : `list request against undici.request${suffix}`;
      yield rate(name, 'requests/s', middle('ours', 'perSecond'), middle(peer, 'perSecond'), peer, note);
      yield cost(`${name}, CPU`, 'µs/request', middle('ours', 'cpuMicros'), middle(peer, 'cpuMicros'), peer, note);
    }
  }
  await agent.close();
}

async function learnState(): Promise<readonly Result[]> {
  using server = await startServer();
  let requests = 0;
  let bytes = 0;
  await using ecsm = createClientset({
    baseUrl: server.baseUrl,
    onAttempt: (event) => {
      requests++;
      bytes += event.responseBytes + event.url.length;
    },
  });
  const services = await collect(ecsm.services.all());
  await collect(ecsm.containers.ofAllServices({ serviceIds: services.map((service) => service.id) }));
  const ours = { requests, bytes };
  requests = 0;
  bytes = 0;
  await collect(ecsm.services.all());
  for (const { id } of services) await collect(ecsm.containers.allByServices([id]));
  const note = '1,000 services, 5,000 containers, 20 nodes, 100 rows a page, uncompressed';
  const peer = 'containers service by service';
  return [
    cost('learn the state, requests', 'requests', ours.requests, requests, peer, note),
    cost('learn the state, bytes', 'bytes', ours.bytes, bytes, peer, note),
  ];
}

/** Benchmarks of `@ecsm/ecsm-client`. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: 'list request',
    description: 'Requests per second and CPU per request on a list of 20 KB, against bare fetch and undici.',
    run: listRequest,
  },
  {
    name: 'learn the state',
    description: 'Requests and bytes to learn the state of 1,000 services with 5,000 containers.',
    run: learnState,
  },
];
