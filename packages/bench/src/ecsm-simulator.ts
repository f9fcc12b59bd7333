import { Cluster, Simulator, type ClusterSpec } from '@ecsm/ecsm-simulator';

import { median, type Benchmark, type Result } from './benchmark.js';

const nodes = 500;
const services = 10_000;
const instances = 5;

const large: ClusterSpec = {
  nodes: [{ name: 'node', count: nodes, os: 'linux', memoryMB: 1_000_000, diskMB: 1_000_000 }],
  images: [{ ref: 'app@1.0.0#linux' }],
  services: [{ name: 'app', count: services, image: 'app@1.0.0#linux', factor: instances, poolSize: 8 }],
};

const size = `${nodes} nodes, ${services} services, ${services * instances} containers`;

/** What the simulator itself costs, so that measurements against it can be read. There is no peer to compare with. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'large cluster', description: `building and holding ${size}`, run: build },
  { name: 'list pages', description: `HTTP answers from ${size}`, run: listPages },
  { name: 'idle', description: `CPU taken by ${size} while nothing happens`, run: idle },
  { name: 'life', description: 'simulated events per second: deaths and restarts', run: life },
];

async function build(): Promise<readonly Result[]> {
  const before = memoryBytes();
  const startedMs = performance.now();
  const cluster = new Cluster({ cluster: large, speed: 0 });
  const tookMs = performance.now() - startedMs;
  const perContainer = (memoryBytes() - before) / (services * instances);
  const savedMs = performance.now();
  const text = JSON.stringify(cluster.save());
  const saveTookMs = performance.now() - savedMs;
  await cluster.stop();
  return [
    { name: 'build', unit: 'ms', ours: tookMs, note: size },
    { name: 'heap per container', unit: 'bytes', ours: perContainer, note: 'its share of services and nodes included' },
    { name: 'save state', unit: 'ms', ours: saveTookMs, note: `${(text.length / 1e6).toFixed(1)} MB of JSON` },
  ];
}

async function* listPages(): AsyncIterable<Result> {
  await using simulator = await Simulator.start({ cluster: large, speed: 0 });
  const { state } = simulator.cluster;
  const someIds = [...state.services.keys()].slice(5000, 5100).map((id) => `serviceIds[]=${id}`);
  const someNode = [...state.nodes.keys()][250] ?? '';
  const calls = {
    'services, first page of 100': '/service?pageNum=1&pageSize=100',
    'services, last page of 100': '/service?pageNum=100&pageSize=100',
    'services by name': '/service?pageNum=1&pageSize=100&name=app-77',
    'containers of 100 services, third page of 100': `/container/service?pageNum=3&pageSize=100&${someIds.join('&')}`,
    'containers of a node': `/container/node?pageNum=1&pageSize=100&nodeIds[]=${someNode}`,
    'nodes, page of 100': '/node?pageNum=3&pageSize=100',
    'summary of all services': '/service/summary',
  };
  for (const [name, path] of Object.entries(calls)) {
    let bytes = 0;
    const times: number[] = [];
    for (let round = 0; round < 60; round++) {
      const startedMs = performance.now();
      bytes = (await (await fetch(`${simulator.url}/api/v1${path}`)).arrayBuffer()).byteLength;
      // The first rounds warm up.
      if (round >= 10) times.push(performance.now() - startedMs);
    }
    yield { name, unit: 'ms', ours: median(times), note: `median of 50, ${Math.round(bytes / 1024)} KiB` };
  }
}

async function idle(): Promise<readonly Result[]> {
  await using simulator = await Simulator.start({ cluster: large, speed: 1000 });
  const before = process.cpuUsage();
  const lastsMs = 5000;
  await new Promise((resolve) => setTimeout(resolve, lastsMs));
  const { system, user } = process.cpuUsage(before);
  return [
    {
      name: 'idle CPU',
      unit: '% of a core',
      ours: (100 * (system + user)) / 1000 / lastsMs,
      note: `${simulator.cluster.timeline.pending} timers pending at speed ×1000`,
    },
  ];
}

async function life(): Promise<readonly Result[]> {
  let events = 0;
  const cluster = new Cluster({
    cluster: { ...large, images: [{ ref: 'app@1.0.0#linux', behaviour: { exitAfterMs: 30_000 } }] },
    speed: 0,
    onEvent: () => events++,
  });
  events = 0;
  const startedMs = performance.now();
  cluster.advance(180_000);
  const tookSeconds = (performance.now() - startedMs) / 1000;
  await cluster.stop();
  return [{ name: 'events', unit: 'events/s', ours: events / tookSeconds, note: `${size}, all dying every 30 s` }];
}

function memoryBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
