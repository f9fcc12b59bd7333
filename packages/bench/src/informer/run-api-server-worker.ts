/**
 * A process of its own that serves objects as a Kubernetes API server does, from memory: lists in pages, of objects or of
 * their metadata alone, watches, and updates. Every plural of the group has the same objects and watchers of its own.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { makeSample, type StoredSample } from './objects.js';

const [count = '0'] = process.argv.slice(2);
const samples = Array.from({ length: Number(count) }, (_, index) => makeSample(index));
const objectTexts = samples.map((sample) => JSON.stringify(sample));
const metadataTexts = samples.map(({ metadata }) =>
  JSON.stringify({ apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata }),
);
const watchers = new Map<string, Set<ServerResponse>>();
let revision = samples.length;

function list(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
  const first = Number(query.get('continue') ?? 0);
  const limit = Number(query.get('limit') ?? samples.length);
  const isPartial = request.headers.accept?.includes('as=PartialObjectMetadataList') === true;
  const items = (isPartial ? metadataTexts : objectTexts).slice(first, first + limit);
  const next = first + limit < samples.length ? `,"continue":"${first + limit}"` : '';
  const kind = isPartial
    ? '"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadataList"'
    : '"apiVersion":"example.dev/v1","kind":"SampleList"';
  response.setHeader('content-type', 'application/json');
  response.end(`{${kind},"metadata":{"resourceVersion":"${revision}"${next}},"items":[${items.join(',')}]}`);
}

function watch(response: ServerResponse, plural: string): void {
  let all = watchers.get(plural);
  if (all === undefined) watchers.set(plural, (all = new Set()));
  all.add(response);
  response.on('close', () => all.delete(response));
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
}

async function update(request: IncomingMessage, response: ServerResponse, plural: string, name: string): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const given = JSON.parse(body) as StoredSample;
  const metadata = { ...given.metadata, name, resourceVersion: String(++revision) };
  const text = JSON.stringify({ ...given, metadata });
  for (const watcher of watchers.get(plural) ?? []) watcher.write(`{"type":"MODIFIED","object":${text}}\n`);
  response.setHeader('content-type', 'application/json');
  response.end(text);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [plural = '', name = ''] = pathname
    .replace('/apis/example.dev/v1/', '')
    .replace('namespaces/default/', '')
    .split('/');
  if (request.method === 'PUT') void update(request, response, plural, name);
  else if (searchParams.get('watch') === 'true') watch(response, plural);
  else list(request, response, searchParams);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit());
