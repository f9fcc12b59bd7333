/**
 * A process of its own for one informer: syncs 10,000 objects and tells time and memory.
 *
 * `ours` lists versions, as a controller's informer does unless a predicate or a mapper needs the objects; `ours with
 * objects` parses every object, as the peer has to.
 */
import type { ListWatch, ObjectVersion, Stored } from '@ecsm/api-types';
import { Informer } from '@ecsm/informer';
import {
  KubeConfig,
  makeInformer,
  V1ListMeta,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node';

import { pageText, Sample, versionText } from './objects.js';

const [candidate, port = '0'] = process.argv.slice(2);
const total = 10_000;
const pageSize = 500;
const resourceVersion = String(total);
const pages = Array.from({ length: total / pageSize }, (_, page) => pageText(page * pageSize, pageSize));
const versionPages = Array.from({ length: pages.length }, (_, page) => versionText(page * pageSize, pageSize));
const parse = (page: number): readonly Stored<Sample>[] => JSON.parse(pages[page] ?? '[]') as readonly Stored<Sample>[];

function pageAfter(page: number): { readonly continue?: string } {
  return page + 1 < pages.length ? { continue: String(page + 1) } : {};
}

const source: ListWatch<Sample> = {
  kind: Sample,
  list: async ({ continue: token = '0' } = {}) => ({
    resourceVersion,
    items: parse(Number(token)),
    ...pageAfter(Number(token)),
  }),
  listVersions: async ({ continue: token = '0' } = {}) => ({
    resourceVersion,
    items: JSON.parse(versionPages[Number(token)] ?? '[]') as readonly ObjectVersion[],
    ...pageAfter(Number(token)),
  }),
  async *watch({ signal } = {}) {
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
  },
};

async function syncOurs(listObjects: boolean): Promise<() => number> {
  const informer = new Informer(source, { pageSize, listObjects });
  let seen = 0;
  const handler = informer.addHandler((event) => {
    if (event.type === 'added') seen++;
  });
  informer.start();
  await handler.synced();
  return () => Math.min(seen, informer.size);
}

async function syncPeer(): Promise<() => number> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'local', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'nobody' },
  );
  const list = async (): Promise<KubernetesListObject<KubernetesObject>> => ({
    apiVersion: 'example.dev/v1',
    kind: 'SampleList',
    metadata: Object.assign(new V1ListMeta(), { resourceVersion }),
    items: pages.flatMap((_, page) => parse(page)) as unknown[] as KubernetesObject[],
  });
  const informer = makeInformer(config, '/apis/example.dev/v1/samples', list);
  let seen = 0;
  informer.on('add', () => seen++);
  await informer.start();
  return () => Math.min(seen, informer.list().length);
}

/** What is held in memory; flat arrays lie outside the heap. */
function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface Sync {
  readonly syncMs: number;
  readonly bytesPerObject: number;
  readonly count: () => number;
}

async function measure(): Promise<Sync> {
  globalThis.gc?.();
  const heldBefore = held();
  const cpuBefore = process.cpuUsage();
  const count = await (candidate === 'peer' ? syncPeer() : syncOurs(candidate === 'ours with objects'));
  // Time of the processor: time on the wall says more about what else runs on the machine.
  const { user, system } = process.cpuUsage(cpuBefore);
  // What was handed to handlers may go; what the informer holds on to stays.
  await new Promise<void>((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  return { syncMs: (user + system) / 1000, bytesPerObject: (held() - heldBefore) / total, count };
}

// The first one includes the compilation of all code; the last tells what another kind costs.
const first = await measure();
for (let round = 0; round < 3; round++) await measure();
const last = await measure();
const measurement = { coldMs: first.syncMs, syncMs: last.syncMs, bytesPerObject: last.bytesPerObject };
process.send?.({ ...measurement, objects: Math.min(first.count(), last.count()) }, () => process.exit());
