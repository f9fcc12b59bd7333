/** A process of its own for one informer: syncs 10,000 objects and tells time and memory. */
import type { ListWatch, Stored } from '@ecsm/api-types';
import { Informer } from '@ecsm/informer';
import {
  KubeConfig,
  makeInformer,
  V1ListMeta,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node';

import { pageText, Sample } from './objects.js';

const [candidate, port = '0'] = process.argv.slice(2);
const total = 10_000;
const pageSize = 500;
const resourceVersion = String(total);
const pages = Array.from({ length: total / pageSize }, (_, page) => pageText(page * pageSize, pageSize));
const parse = (page: number): readonly Stored<Sample>[] => JSON.parse(pages[page] ?? '[]') as readonly Stored<Sample>[];

const source: ListWatch<Sample> = {
  kind: Sample,
  list: async ({ continue: token = '0' } = {}) => {
    const page = Number(token);
    const next = page + 1 < pages.length ? { continue: String(page + 1) } : {};
    return { resourceVersion, items: parse(page), ...next };
  },
  async *watch({ signal } = {}) {
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
  },
};

async function syncOurs(): Promise<() => number> {
  const informer = new Informer(source, { pageSize });
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

globalThis.gc?.();
const heapBefore = process.memoryUsage().heapUsed;
const startedAt = performance.now();
const count = await (candidate === 'ours' ? syncOurs() : syncPeer());
const syncMs = performance.now() - startedAt;
// What was handed to handlers may go; what the informer holds on to stays.
await new Promise<void>((resolve) => setImmediate(resolve));
globalThis.gc?.();
const bytesPerObject = (process.memoryUsage().heapUsed - heapBefore) / total;
process.send?.({ syncMs, bytesPerObject, objects: count() }, () => process.exit());
