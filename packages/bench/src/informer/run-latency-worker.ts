/**
 * A process of its own in which an informer with all objects waits for single changes, and tells when its handler was
 * called. To objects that no other process can write it makes the changes itself, one for each message.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

import { ecsmScheme, type ApiObject, type ListWatch } from '@ecsm/api-types';
import { Informer } from '@ecsm/informer';
import { MemoryListWatch } from '@ecsm/informer/testing';

import { HttpListWatch } from './http-list-watch.js';
import type { LatencyCandidate, LatencyMessage } from './latency.js';
import { monotonicMs } from './monotonic-ms.js';
import { objectCount, Sample, SampleMetadata, sampleManifest } from './objects.js';

const [candidate = '', server = '', file = ''] = process.argv.slice(2);
const group = `${server}/apis/example.dev/v1`;

function send(message: LatencyMessage): void {
  process.send?.(message);
}

let arrivedAt: number | undefined;
// Ahead of the HTTP client's own listener.
subscribe('net.client.socket', (message) => {
  const { socket } = message as { readonly socket: Socket };
  socket.on('data', () => (arrivedAt = monotonicMs()));
});

function told(): void {
  send({ type: 'told', at: monotonicMs(), ...(arrivedAt === undefined ? {} : { arrivedAt }) });
}

/** What the peer and the informer are measured against: events as they come, with nothing known and nothing kept. */
async function loop<T extends ApiObject>(source: ListWatch<T>): Promise<void> {
  for await (const { type } of source.watch()) if (type === 'modified') told();
}

async function inform<T extends ApiObject>(source: ListWatch<T>): Promise<void> {
  const informer = new Informer(source, { listObjects: false });
  const handler = informer.addHandler((event) => {
    if (event.type === 'modified') told();
  });
  informer.start();
  await handler.synced();
}

/** Makes a change for each message. */
function writeWhenAsked(write: (index: number) => unknown): void {
  process.on('message', (index) => {
    void (async () => {
      const startedAt = monotonicMs();
      await write(Number(index));
      send({ type: 'written', startedAt, acknowledgedAt: monotonicMs() });
    })();
  });
}

const candidates: Readonly<Record<LatencyCandidate, () => Promise<void>>> = {
  async registry() {
    const { Registry } = await import('@ecsm/registry');
    const registry = await Registry.open({ path: file, scheme: ecsmScheme.with(Sample) });
    const samples = registry.resource(Sample).namespace('default');
    await inform(registry.resource(Sample));
    let writes = 0;
    writeWhenAsked((index) =>
      samples.patch(`sample-${index}`, { type: 'merge', patch: { spec: { field0: `written ${writes++}` } } }),
    );
  },
  /** No server, no network, no parsing: what is left is the informer. */
  async memory() {
    const source = new MemoryListWatch(Sample);
    for (let index = 0; index < objectCount; index++) source.put(sampleManifest(index));
    await inform(source);
    writeWhenAsked((index) => source.put(sampleManifest(index)));
  },
  async byHand() {
    const source = new HttpListWatch(SampleMetadata, `${group}/byHand`, 'metadata');
    void loop(source);
    await source.listVersions();
  },
  async metadata() {
    await inform(new HttpListWatch(SampleMetadata, `${group}/metadata`, 'metadata'));
  },
  async objects() {
    await inform(new HttpListWatch(Sample, `${group}/objects`));
  },
  async peer() {
    const { peerInformers } = await import('./peer-informer.js');
    const informer = peerInformers(server, 'peer')();
    informer.on('update', told);
    await informer.start();
  },
};

await candidates[candidate as LatencyCandidate]();
send({ type: 'ready' });
process.on('disconnect', () => process.exit());
