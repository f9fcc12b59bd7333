/**
 * A process that idles and reports what that costs: with `manager` it runs 5 controllers over all objects first, with
 * `modules` it only opens the database. Started by the `idle` benchmark.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ecsmScheme } from '@ecsm/api-types';
import { done, Manager, silentLogger } from '@ecsm/controller-runtime';
import { Registry } from '@ecsm/registry';

import { Probe } from './objects.js';

/** What idling cost. */
export interface IdleReport {
  readonly seconds: number;
  readonly cpuPercent: number;
  readonly rssBytes: number;
  /** What is alive on the heap; the rest of it is room that the engine keeps for the next busy time. */
  readonly heapUsedBytes: number;
  readonly changedFiles: number;
  /** What the process had the system write, by its own account; 0 where the system keeps none. */
  readonly writtenBytes: number;
}

const seconds = 10;

async function fileTimes(folder: string): Promise<ReadonlyMap<string, number>> {
  const names = await readdir(folder);
  const times = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  return new Map(names.map((name, index) => [name, times[index] ?? 0]));
}

async function bytesWritten(): Promise<number> {
  const account = await readFile('/proc/self/io', 'utf8').catch(() => '');
  return Number(/^write_bytes: (\d+)$/m.exec(account)?.[1] ?? 0);
}

async function measure(folder: string): Promise<IdleReport> {
  await sleep(2000);
  globalThis.gc?.();
  await sleep(1000);
  const before = await fileTimes(folder);
  const writtenBefore = await bytesWritten();
  const cpuBefore = process.cpuUsage();
  await sleep(seconds * 1000);
  const { user, system } = process.cpuUsage(cpuBefore);
  const writtenBytes = (await bytesWritten()) - writtenBefore;
  const after = await fileTimes(folder);
  const changedFiles = [...after].filter(([name, time]) => before.get(name) !== time).length;
  const cpuPercent = Math.round(((user + system) / 1000 / (seconds * 1000)) * 100 * 1000) / 1000;
  const { rss: rssBytes, heapUsed: heapUsedBytes } = process.memoryUsage();
  return { seconds, cpuPercent, rssBytes, heapUsedBytes, changedFiles, writtenBytes };
}

const [mode = '', path = ''] = process.argv.slice(2);
await using registry = await Registry.open({ path, scheme: ecsmScheme.with(Probe) });
await using manager = new Manager({ clients: registry, logger: silentLogger });
let ended: Promise<void> | undefined;
if (mode === 'manager') {
  for (let index = 0; index < 5; index++) {
    manager
      .controller(`controller-${index}`)
      .for(Probe, index === 0 ? { changed: ['spec'] } : {})
      .reconcile(() => done());
  }
  ended = manager.run();
  const isBusy = (): boolean =>
    [...manager.controllers.values()].some((controller) => {
      const { ready, running } = controller.inspect();
      return !controller.isSynced || ready.length + running.length > 0;
    });
  do await sleep(100);
  while (isBusy());
} else {
  await registry.resource(Probe).list({ limit: 1 });
}
process.send?.(await measure(dirname(path)));
await manager.stop();
await ended;
process.disconnect();
