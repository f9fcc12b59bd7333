/**
 * A process of its own in which informers with all objects wait for single changes: the time from the beginning of a write
 * until the handler has been called, ours and the peer's in turn.
 */
import { Agent, request } from 'node:http';

import { ecsmScheme, type ListWatch } from '@ecsm/api-types';
import { SeededRandom } from '@ecsm/api-types/testing';
import { Informer } from '@ecsm/informer';
import { MemoryListWatch } from '@ecsm/informer/testing';
import { Registry } from '@ecsm/registry';

import { HttpListWatch } from './http-list-watch.js';
import type { Latencies } from './latency.js';
import { makeSample, objectCount, Sample, sampleManifest } from './objects.js';
import { peerInformers } from './peer-informer.js';

const [server = '', file = '', rounds = '0'] = process.argv.slice(2);
const group = `${server}/apis/example.dev/v1`;

/** Milliseconds from the beginning of a write. */
interface Taken {
  readonly toldMs: number;
  readonly acknowledgedMs: number;
}

/** Changes an object, and resolves when the handler was told and the write is acknowledged. */
type Change = (index: number) => Promise<Taken>;

/** Waits until a handler is told of an object. */
class Awaited {
  #name = '';
  #resolve: (toldAt: number) => void = () => undefined;

  async after(name: string, write: () => Promise<unknown>): Promise<Taken> {
    this.#name = name;
    const told = new Promise<number>((resolve) => (this.#resolve = resolve));
    const startedAt = performance.now();
    const acknowledged = write().then(() => performance.now());
    const [toldAt, acknowledgedAt] = await Promise.all([told, acknowledged]);
    return { toldMs: toldAt - startedAt, acknowledgedMs: acknowledgedAt - startedAt };
  }

  told(name: string | undefined): void {
    if (name === this.#name) this.#resolve(performance.now());
  }
}

const agent = new Agent({ keepAlive: true });

function put(plural: string, index: number): Promise<void> {
  const body = JSON.stringify(makeSample(index));
  return new Promise((resolve, reject) => {
    const url = `${group}/namespaces/default/${plural}/sample-${index}`;
    const sent = request(url, { method: 'PUT', agent, headers: { 'content-length': Buffer.byteLength(body) } });
    sent.on('response', (response) => response.resume().on('end', () => resolve()));
    sent.on('error', reject).end(body);
  });
}

async function informed(source: ListWatch<Sample>): Promise<Awaited> {
  const awaited = new Awaited();
  const informer = new Informer(source, { listObjects: false });
  const handler = informer.addHandler((event) => {
    if (event.type === 'modified') awaited.told(event.key.name);
  });
  informer.start();
  await handler.synced();
  return awaited;
}

async function ofRegistry(registry: Registry): Promise<Change> {
  const samples = registry.resource(Sample).namespace('default');
  const awaited = await informed(registry.resource(Sample));
  let writes = 0;
  return (index) => {
    const patch = { spec: { field0: `written ${writes++}` } };
    return awaited.after(`sample-${index}`, () => samples.patch(`sample-${index}`, { type: 'merge', patch }));
  };
}

/** No server, no network, no parsing: what is left is the informer. */
async function ofMemory(): Promise<Change> {
  const source = new MemoryListWatch(Sample);
  for (let index = 0; index < objectCount; index++) source.put(sampleManifest(index));
  const awaited = await informed(source);
  return (index) => awaited.after(`sample-${index}`, async () => source.put(sampleManifest(index)));
}

async function ofServer(): Promise<Change> {
  const awaited = await informed(new HttpListWatch(`${group}/ours`));
  return (index) => awaited.after(`sample-${index}`, () => put('ours', index));
}

async function ofPeer(): Promise<Change> {
  const awaited = new Awaited();
  const informer = peerInformers(server, 'peers')();
  informer.on('update', (object) => awaited.told(object.metadata?.name));
  await informer.start();
  return (index) => awaited.after(`sample-${index}`, () => put('peers', index));
}

const changes: Readonly<Record<Exclude<keyof Latencies, 'commit'>, Change>> = {
  registry: await ofRegistry(await Registry.open({ path: file, scheme: ecsmScheme.with(Sample) })),
  server: await ofServer(),
  memory: await ofMemory(),
  peer: await ofPeer(),
};
const names = Object.keys(changes) as (keyof typeof changes)[];
const found: Record<keyof Latencies, number[]> = { commit: [], registry: [], server: [], memory: [], peer: [] };
const random = new SeededRandom(1);
// The first ones warm up.
const warmUp = 500;
for (let round = 0; round < warmUp + Number(rounds); round++) {
  // In any order: who comes after a write to the disk finds everything else a little colder.
  const turns = names.map((name) => ({ name, at: random.next() })).sort((a, b) => a.at - b.at);
  for (const { name } of turns) {
    const { toldMs, acknowledgedMs } = await changes[name](random.int(0, objectCount - 1));
    if (round < warmUp) continue;
    found[name].push(toldMs);
    if (name === 'registry') found.commit.push(acknowledgedMs);
  }
}
process.send?.(found, () => process.exit());
