/**
 * A process of its own for one candidate: takes in all objects, five times, and tells time and memory.
 *
 * - `registry versions`: ours on a registry's file as a manager does it, with versions alone
 * - `http versions`, `http objects`: ours on a Kubernetes API server, with metadata alone or with every object
 * - `peer`: the informer of the Kubernetes client on the same server
 * - `parse versions`, `parse objects`: only reads and parses the same answers, which no client can do without
 */
import { ecsmScheme, type ListOptions, type ListWatch } from '@ecsm/api-types';
import { Informer } from '@ecsm/informer';
import { Registry } from '@ecsm/registry';

import { HttpListWatch } from './http-list-watch.js';
import { objectCount, Sample } from './objects.js';
import { peerInformers } from './peer-informer.js';

const [candidate = '', server = '', file = ''] = process.argv.slice(2);
const pageSize = 500;
const http = new HttpListWatch(`${server}/apis/example.dev/v1/samples`);

/** Takes in everything, and tells how many objects are known now and were handed to the handler. */
type Sync = () => Promise<() => number>;

function ours(source: ListWatch<Sample>, listObjects: boolean): Sync {
  return async () => {
    const informer = new Informer(source, { pageSize, listObjects });
    let seen = 0;
    const handler = informer.addHandler((event) => {
      if (event.type === 'added') seen++;
    });
    informer.start();
    await handler.synced();
    return () => Math.min(seen, informer.size);
  };
}

function peer(): Sync {
  const makeInformer = peerInformers(server, 'samples');
  return async () => {
    const informer = makeInformer();
    let seen = 0;
    informer.on('add', () => seen++);
    await informer.start();
    return () => Math.min(seen, informer.list().length);
  };
}

function parsed(read: (options: ListOptions) => Promise<{ items: readonly unknown[]; continue?: string }>): Sync {
  return async () => {
    let count = 0;
    let next: string | undefined;
    do {
      const page = await read({ limit: pageSize, ...(next === undefined ? {} : { continue: next }) });
      count += page.items.length;
      next = page.continue;
    } while (next !== undefined);
    return () => count;
  };
}

async function makeSync(): Promise<Sync> {
  switch (candidate) {
    case 'registry versions': {
      const registry = await Registry.open({ path: file, scheme: ecsmScheme.with(Sample) });
      return ours(registry.resource(Sample), false);
    }
    case 'http versions':
      return ours(http, false);
    case 'http objects':
      return ours(http, true);
    case 'peer':
      return peer();
    case 'parse versions':
      return parsed((options) => http.listVersions(options));
    case 'parse objects':
      return parsed((options) => http.list(options));
    default:
      throw new TypeError(`no candidate "${candidate}"`);
  }
}

/** What is held in memory; flat arrays lie outside the heap. */
function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const sync = await makeSync();
const counts: (() => number)[] = [];

async function measure(): Promise<{ readonly syncMs: number; readonly bytesPerObject: number }> {
  globalThis.gc?.();
  const heldBefore = held();
  const cpuBefore = process.cpuUsage();
  counts.push(await sync());
  // Time of the processor: time on the wall says more about what else runs on the machine.
  const { user, system } = process.cpuUsage(cpuBefore);
  // What was handed to handlers may go; what the informer holds on to stays.
  await new Promise<void>((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  return { syncMs: (user + system) / 1000, bytesPerObject: (held() - heldBefore) / objectCount };
}

// The first one includes the compilation of all code; the last tells what another kind costs.
const first = await measure();
for (let round = 0; round < 3; round++) await measure();
const last = await measure();
if (counts.some((count) => count() !== objectCount)) throw new Error(`${candidate} did not take in every object`);
process.send?.({ coldMs: first.syncMs, syncMs: last.syncMs, bytesPerObject: last.bytesPerObject }, () =>
  process.exit(),
);
