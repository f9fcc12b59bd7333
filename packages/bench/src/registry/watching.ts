import { fork } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { ECSMService } from '@ecsm/api-types';
import { Registry, SqliteStore, type StoreCommit } from '@ecsm/registry';

import { median, rate, type Benchmark, type Result } from '../benchmark.js';
import { measureRates, percentile } from './interleave.js';
import { temporaryFolder } from './sample.js';

const samples = 500;

function tick(count: number): StoreCommit {
  const key = { kind: 'ticks', namespace: '', name: 'tick' };
  const value = { value: JSON.stringify({ count }), uid: 'tick', generation: 1, labels: {}, owners: [] };
  return { checks: [], writes: [{ type: 'put', key, ...value }] };
}

/** Milliseconds from the answer to a writer in this process to the event at a watcher. */
async function inProcess(store: SqliteStore): Promise<readonly number[]> {
  const iterator = store.watch({ kind: 'ticks', afterRevision: await store.revision() })[Symbol.asyncIterator]();
  const latencies: number[] = [];
  for (let count = 0; count < samples; count++) {
    let seenAt = 0;
    const seen = iterator.next().then(() => (seenAt = performance.now()));
    await store.commit(tick(count));
    const writtenAt = performance.now();
    await seen;
    latencies.push(Math.max(0, seenAt - writtenAt));
  }
  await iterator.return?.();
  return latencies;
}

/** The same with the writer in another process. */
async function acrossProcesses(store: SqliteStore, path: string): Promise<readonly number[]> {
  const writer = fork(new URL('watch-worker.js', import.meta.url), [path]);
  await once(writer, 'message');
  const iterator = store.watch({ kind: 'ticks', afterRevision: await store.revision() })[Symbol.asyncIterator]();
  const latencies: number[] = [];
  for (let count = 0; count < samples; count++) {
    const next = iterator.next();
    const seen = next.then(() => process.hrtime.bigint());
    const answer = once(writer, 'message');
    writer.send(count);
    const [[, writtenAt]] = (await answer) as [[number, string]];
    latencies.push(Math.max(0, Number((await seen) - BigInt(writtenAt)) / 1e6));
  }
  await iterator.return?.();
  writer.disconnect();
  await once(writer, 'exit');
  return latencies;
}

async function* watch(): AsyncGenerator<Result> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'registry.db');
  await using store = await SqliteStore.open({ path });
  const near = await inProcess(store);
  const unit = 'ms';
  yield {
    name: 'watch in process p99',
    unit,
    ours: percentile(near, 0.99),
    note: `p50 ${percentile(near, 0.5).toFixed(3)} ms, after the writer's answer`,
  };
  const far = await acrossProcesses(store, path);
  yield {
    name: 'watch across processes p99',
    unit,
    ours: percentile(far, 0.99),
    note: `p50 ${percentile(far, 0.5).toFixed(3)} ms, after the writer's answer`,
  };

  const idleMs = 10_000;
  const waiting = store.watch({ kind: 'ticks', afterRevision: await store.revision() })[Symbol.asyncIterator]();
  void waiting.next();
  await delay(500);
  const cpu = process.cpuUsage();
  await delay(idleMs);
  const { user, system } = process.cpuUsage(cpu);
  yield {
    name: 'watch idle CPU',
    unit: '% of a core',
    ours: (user + system) / idleMs / 10,
    note: 'a process that watches and nothing happens, 10 s',
  };
  await waiting.return?.();
}

async function drain(events: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const event of events) if (event !== undefined) count++;
  return count;
}

async function* manyWatchers(): AsyncGenerator<Result> {
  await using folder = await temporaryFolder();
  const open = async (name: string, watchers: number): Promise<{ store: SqliteStore; stop: AbortController }> => {
    const store = await SqliteStore.open({ path: join(folder.path, name) });
    const stop = new AbortController();
    setMaxListeners(200, stop.signal);
    const afterRevision = await store.revision();
    for (let count = 0; count < watchers; count++) {
      void drain(store.watch({ kind: 'ticks', afterRevision, signal: stop.signal }));
    }
    return { store, stop };
  };
  const alone = await open('alone.db', 0);
  const watched = await open('watched.db', 100);
  const found = await measureRates([
    { name: 'alone', run: (turn) => alone.store.commit(tick(turn)) },
    { name: 'watched', run: (turn) => watched.store.commit(tick(turn)) },
  ]);
  yield rate(
    'watch: writer with 100 watchers',
    'ops/s',
    found.get('watched') ?? 0,
    found.get('alone') ?? 0,
    'no watcher',
  );
  for (const { store, stop } of [alone, watched]) {
    stop.abort();
    await store.close();
  }
}

const manyObjects = 100_000;

/** How many processes are started for a figure of memory: the collector's moods differ by several megabytes. */
const memoryForks = 5;

/** Fills a store directly with objects of 1.5 KB. */
async function fill(path: string): Promise<void> {
  await using store = await SqliteStore.open({ path, maxLogRows: 1_000 });
  const text = 'x'.repeat(1_300);
  for (let from = 0; from < manyObjects; from += 500) {
    const writes = Array.from({ length: 500 }, (_, at) => {
      const name = `service-${((from + at) * 7_919) % manyObjects}`;
      const metadata = {
        name,
        namespace: 'default',
        uid: name,
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
      };
      const value = JSON.stringify({ apiVersion: 'ecsm.sh/v1', kind: 'ECSMService', metadata, spec: { text } });
      const key = { kind: 'ecsmservices.ecsm.sh', namespace: 'default', name };
      return { type: 'put' as const, key, value, uid: name, generation: 1, labels: { app: 'web' }, owners: [] };
    });
    await store.commit({ checks: [], writes });
  }
}

async function* large(): AsyncGenerator<Result> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'registry.db');
  await fill(path);
  const store = await SqliteStore.open({ path });
  const services = new Registry({ store }).resource(ECSMService).namespace('default');
  const works: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['list', () => services.list()],
    ['list keys', () => services.listVersions()],
    ['get', () => services.get('service-5')],
    ['update', () => store.commit(tick(1))],
  ];
  for (const [name, work] of works) {
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    await delay(20);
    delays.reset();
    await work();
    await delay(5);
    delays.disable();
    yield {
      name: `event loop block: ${name} of 100000`,
      unit: 'ms',
      ours: Math.max(0, delays.percentile(99.9) / 1e6 - 1),
      note: `longest ${(delays.max / 1e6 - 1).toFixed(1)} ms, garbage collection and the machine's other load included`,
    };
  }
  await store.close();
  const peaks = { idle: [] as number[], load: [] as number[] };
  for (let round = 0; round < memoryForks; round++) {
    for (const mode of ['idle', 'load'] as const) peaks[mode].push(await measurePeak(path, mode));
  }
  const [idle, loaded] = [median(peaks.idle), median(peaks.load)];
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const spread = (values: readonly number[]): string =>
    `${megabytes(median(values))} MB (${megabytes(Math.min(...values))} to ${megabytes(Math.max(...values))})`;
  yield {
    name: 'memory: watching 100000 by version',
    unit: 'bytes/object',
    ours: (loaded - idle) / manyObjects,
    note: `medians of ${memoryForks} processes: peak ${spread(peaks.load)} less ${spread(peaks.idle)} for the same process with the same file open and nothing listed`,
  };
}

/** Peak memory of a process that has the registry open, in bytes; with `load` it lists and watches all versions. */
async function measurePeak(path: string, mode: 'idle' | 'load'): Promise<number> {
  const child = fork(new URL('memory-worker.js', import.meta.url), [path, mode], { execArgv: [] });
  const exited = once(child, 'exit');
  const [{ peakKiB, objects }] = (await once(child, 'message')) as [{ peakKiB: number; objects: number }];
  child.disconnect();
  await exited;
  if (objects !== (mode === 'load' ? manyObjects : 0)) throw new Error(`the process saw ${objects} objects`);
  return peakKiB * 1_024;
}

/** How fast changes are noticed, and what that costs. */
export const watching: readonly Benchmark[] = [
  { name: 'watch', description: 'From the answer to a writer to the event at a watcher, and CPU at rest.', run: watch },
  { name: 'watchers', description: 'What a hundred watchers cost a writer.', run: manyWatchers },
  { name: 'large', description: 'Event-loop blocks and memory with 100,000 objects.', run: large },
];
