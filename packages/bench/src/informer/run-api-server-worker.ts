/**
 * A process of its own that serves objects as a Kubernetes API server does, from memory: lists in pages, of objects or of
 * their metadata alone, watches of both, and updates. Every plural of the group has the same objects and watchers of its own.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { makeSample, type StoredSample } from './objects.js';

const [count = '0'] = process.argv.slice(2);
const samples = Array.from({ length: Number(count) }, (_, index) => makeSample(index));
const objectTexts = samples.map((sample) => JSON.stringify(sample));
const metadataTexts = samples.map(({ metadata }) => partial(metadata));
/** By plural: who watches, and whether metadata is enough. */
const watchers = new Map<string, Map<ServerResponse, boolean>>();
let revision = samples.length;

function partial(metadata: StoredSample['metadata']): string {
  return JSON.stringify({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata });
}

function asksForMetadata({ headers: { accept = '' } }: IncomingMessage): boolean {
  return accept.includes('as=PartialObjectMetadata');
}

function list(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
  const first = Number(query.get('continue') ?? 0);
  const limit = Number(query.get('limit') ?? samples.length);
  const isPartial = asksForMetadata(request);
  const items = (isPartial ? metadataTexts : objectTexts).slice(first, first + limit);
  const next = first + limit < samples.length ? `,"continue":"${first + limit}"` : '';
  const kind = isPartial
    ? '"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadataList"'
    : '"apiVersion":"example.dev/v1","kind":"SampleList"';
  response.setHeader('content-type', 'application/json');
  response.end(`{${kind},"metadata":{"resourceVersion":"${revision}"${next}},"items":[${items.join(',')}]}`);
}

function watch(request: IncomingMessage, response: ServerResponse, plural: string): void {
  let all = watchers.get(plural);
  if (all === undefined) watchers.set(plural, (all = new Map<ServerResponse, boolean>()));
  all.set(response, asksForMetadata(request));
  response.on('close', () => all.delete(response));
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
}

async function update(request: IncomingMessage, response: ServerResponse, plural: string, name: string): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const given = JSON.parse(body) as StoredSample;
  const metadata = { ...given.metadata, name, resourceVersion: String(++revision) };
  const object = { ...given, metadata };
  for (const [watcher, isPartial] of watchers.get(plural) ?? []) {
    watcher.write(`{"type":"MODIFIED","object":${isPartial ? partial(metadata) : JSON.stringify(object)}}\n`);
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(object));
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [plural = '', name = ''] = pathname
    .replace('/apis/example.dev/v1/', '')
    .replace('namespaces/default/', '')
    .split('/');
  if (request.method === 'PUT') void update(request, response, plural, name);
  else if (searchParams.get('watch') === 'true') watch(request, response, plural);
  else list(request, response, searchParams);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit());
