import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';

import { cost, type Benchmark, type Result } from '../benchmark.js';
import { Fleet } from './fleet.js';
import { startBareProcess, startIdleProcess } from './idle-process.js';
import type { MeasuredProcess } from './measured-process.js';

const rowsPerRequest = 100;
const listCall = 'GET /api/v1/service';
/** Longer than the poll interval of a daemon that has nothing to do, so that several polls are in it. */
const restMs = 95_000;
/** Until garbage is collected and what was begun has ended. */
const calmDownMs = 20_000;

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

async function rssOf(starting: Promise<MeasuredProcess> | MeasuredProcess): Promise<number> {
  await using idle = await starting;
  await delay(2000);
  return idle.rssBytes();
}

/** Lets a daemon make services run, then rest; tells what each took. */
async function* converge(count: number): AsyncIterable<Result> {
  await using fleet = await Fleet.create(count);
  const bareRss = await rssOf(startBareProcess());
  const idleRss = await rssOf(startIdleProcess(join(fleet.folder, 'idle.db'), fleet.platformUrl));
  await fleet.takeRequests();
  const name = `${count} services`;
  const startedMs = performance.now();
  await using daemon = fleet.startDaemon();
  await fleet.settled();
  const tookMs = performance.now() - startedMs;
  const busy = daemon.usage();
  const requests = await fleet.takeRequests();
  if (count > 0) {
    const least = 2 * count + (requests[listCall] ?? 0);
    yield { name: `${name}: time to converge`, unit: 'ms', ours: tookMs };
    yield cost(`${name}: requests`, 'requests', sum(requests), least, 'one create, one detail and the polls');
    yield { name: `${name}: CPU to converge`, unit: 'ms', ours: busy.cpuMs };
    yield { name: `${name}: bytes written to disk to converge`, unit: 'bytes', ours: busy.writtenBytes };
    yield { name: `${name}: peak resident memory`, unit: 'bytes', ours: daemon.peakBytes() };
  }
  await delay(calmDownMs);
  await fleet.takeRequests();
  const before = daemon.usage();
  await delay(restMs);
  const after = daemon.usage();
  const atRest = await fleet.takeRequests();
  const polls = (atRest[listCall] ?? 0) / Math.max(1, Math.ceil(count / rowsPerRequest));
  const cpuMs = after.cpuMs - before.cpuMs;
  yield { name: `${name}: CPU at rest`, unit: '% of a core', ours: (100 * cpuMs) / restMs };
  yield { name: `${name}: CPU of a poll at rest`, unit: 'ms', ours: cpuMs / polls };
  yield { name: `${name}: requests of a poll at rest`, unit: 'requests', ours: sum(atRest) / polls };
  yield {
    name: `${name}: bytes written to disk at rest`,
    unit: 'bytes',
    ours: after.writtenBytes - before.writtenBytes,
  };
  const rss = daemon.rssBytes();
  yield cost(`${name}: resident memory`, 'bytes', rss, idleRss, 'an idle process with the same modules');
  yield cost(`${name}: resident memory beside Node.js`, 'bytes', rss, bareRss, 'node alone');
}

const detailCall = 'GET /api/v1/service/:id';
/** How long it is watched what a start leads to. */
const afterStartMs = 60_000;

/** Waits until a daemon leads and has seen the platform: one that waits for the lead says that it is ready, too. */
async function untilReady(daemon: MeasuredProcess): Promise<void> {
  const url = await daemon.prints(/"urls":\["([^"]+)"/);
  await daemon.prints(/"msg":"(leading)"/);
  while (!(await fetch(`${url}/readyz`)).ok) await delay(5);
}

/** The time a daemon needs until it is ready to work on what is declared and runs already, and what it asks for then. */
async function* restart(count: number): AsyncIterable<Result> {
  await using fleet = await Fleet.create(count);
  const first = fleet.startDaemon();
  try {
    await fleet.settled();
    await delay(calmDownMs);
  } finally {
    await first[Symbol.asyncDispose]();
  }
  await fleet.takeRequests();
  const startedMs = performance.now();
  await using daemon = fleet.startDaemon();
  await untilReady(daemon);
  yield { name: `${count} services: start to ready`, unit: 'ms', ours: performance.now() - startedMs };
  yield { name: `${count} services: CPU from start to ready`, unit: 'ms', ours: daemon.usage().cpuMs };
  await delay(afterStartMs);
  const details = (await fleet.takeRequests())[detailCall] ?? 0;
  yield { name: `${count} services: details read within a minute`, unit: 'requests', ours: details };
  yield { name: `${count} services: CPU within a minute after ready`, unit: 'ms', ours: daemon.usage().cpuMs };
  yield { name: `${count} services: peak resident memory after a start`, unit: 'bytes', ours: daemon.peakBytes() };
}

/** Benchmarks of the daemon, as processes of their own. */
export const benchmarks: readonly Benchmark[] = [
  ...[0, 1000, 10_000].map((count) => ({
    name: `converge ${count}`,
    description: `Makes ${count.toLocaleString('en')} declared services run on a simulated platform over HTTP, then rests.`,
    run: () => converge(count),
  })),
  {
    name: 'restart 10000',
    description: 'Starts a daemon whose 10,000 services all run already.',
    run: () => restart(10_000),
  },
];
