import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ecsmScheme } from '@ecsm/api-types';
import { done, Manager, silentLogger } from '@ecsm/controller-runtime';
import { MemoryStore, Registry } from '@ecsm/registry';

import { cost, median, type Benchmark, type Result } from '../benchmark.js';
import { forkWorker } from '../fork-worker.js';
import type { IdleReport } from './idle-process.js';
import { makeProbes, objectCount, Probe } from './objects.js';

const scheme = ecsmScheme.with(Probe);
const rounds = 5;

async function withFolder<R>(use: (folder: string) => Promise<R>): Promise<R> {
  const folder = await mkdtemp(join(tmpdir(), 'controller-runtime-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What something took: by the clock on the wall, and of the processor. */
interface Taken {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function timed(action: () => Promise<void>): Promise<Taken> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}

/** Runs a manager until every object was reconciled once. */
async function reconcileAll(registry: Registry): Promise<void> {
  let runs = 0;
  const stop = new AbortController();
  const manager = new Manager({ clients: registry, logger: silentLogger });
  manager
    .controller()
    .for(Probe)
    .reconcile(() => {
      if (++runs === objectCount) stop.abort();
      return done();
    });
  await manager.run({ signal: stop.signal });
}

/** The least anybody has to do: list the versions page by page, and read each object. */
async function readAll(registry: Registry): Promise<void> {
  const probes = registry.resource(Probe);
  let next: string | undefined;
  do {
    const page = await probes.listVersions({ limit: 500, ...(next === undefined ? {} : { continue: next }) });
    for (const { key } of page.items) await probes.get(key);
    next = page.continue;
  } while (next !== undefined);
}

async function compare(name: string, registry: Registry): Promise<Result[]> {
  await makeProbes(registry.resource(Probe));
  const ours: Taken[] = [];
  const bare: Taken[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await timed(() => reconcileAll(registry)));
    bare.push(await timed(() => readAll(registry)));
  }
  const total = median(ours.map(({ cpuMs }) => cpuMs));
  const reading = median(bare.map(({ cpuMs }) => cpuMs));
  const keysPerSecond = Math.round((objectCount / median(ours.map(({ wallMs }) => wallMs))) * 1000);
  const share = Math.round(Math.max(0, 1 - reading / total) * 100);
  const note = `${keysPerSecond} keys/s; ${share} % of the processor time is informer, queue and runtime, the rest reading`;
  return [cost(`reconcile ${objectCount} keys, ${name}`, 'ms of CPU', total, reading, 'list and get alone', note)];
}

/** Bounds the young generation: the engine keeps the room that it took in the busiest moment, empty. */
const smallYoungGeneration = '--max-semi-space-size=2';

function idleProcess(mode: 'manager' | 'modules', path: string, ...flags: readonly string[]): Promise<IdleReport> {
  return forkWorker(new URL('idle-process.js', import.meta.url), [mode, path], flags);
}

const megabytes = (bytes: number): number => Math.round((bytes / 1024 ** 2) * 10) / 10;

export const benchmarks: readonly Benchmark[] = [
  {
    name: 'reconcile',
    description: `${objectCount} keys through registry, informer and queue to a reconciler that does nothing`,
    async *run() {
      await using memory = new Registry({ store: new MemoryStore(), scheme });
      yield* await compare('memory', memory);
      yield* await withFolder(async (folder) => {
        await using sqlite = await Registry.open({ path: join(folder, 'registry.db'), scheme });
        return await compare('SQLite', sqlite);
      });
    },
  },
  {
    name: 'idle',
    description: `a manager with 5 controllers and ${objectCount} objects that has nothing to do, against the same modules idle`,
    run: () =>
      withFolder(async (folder) => {
        const path = join(folder, 'registry.db');
        {
          await using registry = await Registry.open({ path, scheme });
          await makeProbes(registry.resource(Probe));
        }
        const manager = await idleProcess('manager', path);
        const modules = await idleProcess('modules', path);
        const smallManager = await idleProcess('manager', path, smallYoungGeneration);
        const smallModules = await idleProcess('modules', path, smallYoungGeneration);
        const peer = 'the same modules, database open';
        return [
          cost('idle CPU', '% of a core', manager.cpuPercent, modules.cpuPercent, peer, `over ${manager.seconds} s`),
          {
            name: 'idle disk writes',
            unit: 'bytes',
            ours: manager.writtenBytes,
            note: `write_bytes of /proc/self/io; ${manager.changedFiles} of the files of the database were touched`,
          },
          cost('resident memory', 'MB', megabytes(manager.rssBytes), megabytes(modules.rssBytes), peer),
          cost(
            `resident memory with ${smallYoungGeneration}`,
            'MB',
            megabytes(smallManager.rssBytes),
            megabytes(smallModules.rssBytes),
            peer,
          ),
          cost('alive on the heap', 'MB', megabytes(manager.heapUsedBytes), megabytes(modules.heapUsedBytes), peer),
        ];
      }),
  },
];
