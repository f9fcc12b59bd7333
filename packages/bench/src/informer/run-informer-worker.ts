/**
 * A process of its own for one candidate: takes in all objects, several times, and tells time and memory.
 *
 * - `registry versions`: ours on a registry's file as a manager does it, with versions alone
 * - `http versions`: ours on a Kubernetes API server, with metadata alone
 * - `http objects`, `http cache`: ours on it with every object, handed to handlers only or kept as well, as the peer does
 * - `peer`: the informer of the Kubernetes client on the same server
 * - `parse versions`, `parse objects`: only reads and parses the same answers, which no client can do without
 */
import { setTimeout as delay } from 'node:timers/promises';

import type { ApiObject, ListOptions, ListWatch } from '@ecsm/api-types';
import type { InformerOptions } from '@ecsm/informer';

import type { HttpListWatch } from './http-list-watch.js';
import type { Sample } from './objects.js';

const [candidate = '', server = '', file = '', count = '0'] = process.argv.slice(2);
const objectCount = Number(count);

/** What a sync takes, or what goes before it. */
export interface TimeOfSync {
  /** On the clock, a server's part included. */
  readonly elapsedMs: number;
  /** Of the processor, on all threads of this process: other work on the machine disturbs it less. */
  readonly processorMs: number;
}

/** Takes in everything, and tells how many objects are known now and were handed to the handler. */
type Sync = () => Promise<() => number>;

/** An informer heals itself and would try for ever: what it cannot take in ends the process. */
function fail(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

async function ours<T extends ApiObject>(source: ListWatch<T>, options: InformerOptions<T>): Promise<Sync> {
  const { Informer } = await import('@ecsm/informer');
  return async () => {
    const informer = new Informer(source, { ...options, onError: fail });
    let seen = 0;
    const handler = informer.addHandler((event) => {
      if (event.type === 'added') seen++;
    });
    informer.start();
    await handler.synced();
    return () => Math.min(seen, informer.size);
  };
}

async function peer(): Promise<Sync> {
  const { peerInformers } = await import('./peer-informer.js');
  const makeInformer = peerInformers(server, 'samples');
  return async () => {
    const informer = makeInformer();
    let seen = 0;
    informer.on('add', () => seen++);
    await informer.start();
    return () => Math.min(seen, informer.list().length);
  };
}

/** The pages as large as the informer asks for. */
function parsed(
  limit: number,
  read: (options: ListOptions) => Promise<{ items: readonly unknown[]; continue?: string }>,
): Sync {
  return async () => {
    let count = 0;
    let next: string | undefined;
    do {
      const page = await read({ limit, ...(next === undefined ? {} : { continue: next }) });
      count += page.items.length;
      next = page.continue;
    } while (next !== undefined);
    return () => count;
  };
}

async function objectsOverHttp(): Promise<HttpListWatch<Sample>> {
  const [Source, { Sample }] = await Promise.all([loadHttpListWatch(), import('./objects.js')]);
  return new Source(Sample, `${server}/apis/example.dev/v1/samples`, 'objects');
}

async function metadataOverHttp(): Promise<HttpListWatch<ApiObject>> {
  const [Source, { SampleMetadata }] = await Promise.all([loadHttpListWatch(), import('./objects.js')]);
  return new Source(SampleMetadata, `${server}/apis/example.dev/v1/samples`, 'metadata');
}

async function loadHttpListWatch(): Promise<typeof HttpListWatch> {
  return (await import('./http-list-watch.js')).HttpListWatch;
}

/** Loads what the candidate is made of, and nothing else. */
async function makeSync(): Promise<Sync> {
  switch (candidate) {
    case 'registry versions': {
      const [{ ecsmScheme }, { Registry }, { Sample }] = await Promise.all([
        import('@ecsm/api-types'),
        import('@ecsm/registry'),
        import('./objects.js'),
      ]);
      const registry = await Registry.open({ path: file, scheme: ecsmScheme.with(Sample) });
      return ours(registry.resource(Sample), { listObjects: false });
    }
    case 'http versions':
      return ours(await metadataOverHttp(), { listObjects: false });
    case 'http objects':
      return ours(await objectsOverHttp(), { listObjects: true });
    case 'http cache':
      return ours(await objectsOverHttp(), { cache: true });
    case 'peer':
      return peer();
    case 'parse versions': {
      const http = await metadataOverHttp();
      return parsed(1000, (options) => http.listVersions(options));
    }
    case 'parse objects': {
      const http = await objectsOverHttp();
      return parsed(500, (options) => http.list(options));
    }
    default:
      throw new TypeError(`no candidate "${candidate}"`);
  }
}

/** What is held in memory; flat arrays lie outside the heap. */
function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function timeOf(work: () => Promise<void>): Promise<TimeOfSync> {
  const [before, begunAt] = [process.cpuUsage(), performance.now()];
  await work();
  const elapsedMs = performance.now() - begunAt;
  const { user, system } = process.cpuUsage(before);
  return { elapsedMs, processorMs: (user + system) / 1000 };
}

let sync: Sync;
const counts: (() => number)[] = [];

/** What one more kind of objects takes. */
function timeOfSync(): Promise<TimeOfSync> {
  return timeOf(async () => {
    counts.push(await sync());
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What is held in memory when all that may go has gone: what a connection or a timer still holds on to takes a while. */
async function heldAfterCollection(): Promise<number> {
  for (let least = Infinity; ;) {
    await delay(100);
    globalThis.gc?.();
    const now = held();
    if (now > 0.99 * least) return now;
    least = now;
  }
}

/** The kinds that a process takes in after the first two, until whose end most code is compiled. */
const laterKinds = 4;

const loading = await timeOf(async () => {
  sync = await makeSync();
});
// The first one includes the compilation of all code.
const first = await timeOfSync();
await timeOfSync();
const later: TimeOfSync[] = [];
// No collection is forced in between: it makes the engine throw away compiled code whose objects are all gone just then.
for (let kind = 0; kind < laterKinds; kind++) later.push(await timeOfSync());
const compiled = {
  elapsedMs: mean(later.map(({ elapsedMs }) => elapsedMs)),
  processorMs: mean(later.map(({ processorMs }) => processorMs)),
};
const heldBefore = await heldAfterCollection();
const afterCollection = await timeOfSync();
const bytesPerObject = ((await heldAfterCollection()) - heldBefore) / objectCount;
if (counts.some((count) => count() !== objectCount)) throw new Error(`${candidate} did not take in every object`);
process.send?.({ loading, first, compiled, afterCollection, bytesPerObject }, () => process.exit());
