import { fork } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';

import { cost, median, type Benchmark, type Result } from '../benchmark.js';
import type { Resync } from './resync.js';

/** What a process that ran one informer found. */
interface Measurement {
  /** The first sync of the process, compilation included. */
  readonly coldMs: number;
  /** The fifth. */
  readonly syncMs: number;
  readonly bytesPerObject: number;
  readonly objects: number;
}

const rounds = 5;
const candidates = ['ours', 'ours with objects', 'peer'] as const;

/** Answers every watch with silence, since @kubernetes/client-node insists on a connection. */
async function silentServer(): Promise<Server> {
  const server = createServer((_, response) => response.writeHead(200).flushHeaders());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function runInformer(candidate: string, port: number): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const worker = fileURLToPath(new URL('run-informer-worker.ts', import.meta.url));
    const execArgv = [...process.execArgv, '--expose-gc'];
    const child = fork(worker, [candidate, String(port)], { execArgv });
    child.once('message', (message) => resolve(message as Measurement));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${candidate} ended with code ${code ?? 'none'}`)));
  });
}

async function* besideClientNode(): AsyncGenerator<Result> {
  const server = await silentServer();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
  const measurements: Record<string, Measurement[]> = Object.fromEntries(candidates.map((each) => [each, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const candidate of candidates) {
        measurements[candidate]!.push(await runInformer(candidate, address.port));
      }
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  const middle = (candidate: string, of: keyof Measurement): number =>
    median(measurements[candidate]!.map((measurement) => measurement[of]));
  const peer = '@kubernetes/client-node';
  const note = '10,000 objects of 1.5 KB, read as text; processor time';
  yield cost(
    'memory per object',
    'bytes',
    middle('ours', 'bytesPerObject'),
    middle('peer', 'bytesPerObject'),
    peer,
    note,
  );
  for (const [when, of] of [
    ['sync 10000, code compiled', 'syncMs'],
    ['sync 10000, the first of a process', 'coldMs'],
  ] as const) {
    const ofPeer = middle('peer', of);
    yield cost(when, 'ms', middle('ours', of), ofPeer, peer, `${note}; ours lists versions, as controllers do`);
    yield cost(`${when}, every object parsed`, 'ms', middle('ours with objects', of), ofPeer, peer, note);
  }
}

async function resync(): Promise<readonly Result[]> {
  const worker = fileURLToPath(new URL('run-resync-worker.ts', import.meta.url));
  // With one thread the processor time of a turn is what blocks the loop, garbage collection and compilation included.
  const child = fork(worker, ['100000'], { execArgv: [...process.execArgv, '--expose-gc', '--single-threaded'] });
  const found = await new Promise<Resync>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Resync));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the resync ended with code ${code ?? 'none'}`)));
  });
  const name = 'resync of 100,000 unchanged keys';
  const note = `processor time; ${found.events} events`;
  return [
    { name: `${name}: longest block`, unit: 'ms', ours: found.longestBlockMs, note },
    { name: `${name}: all of it`, unit: 'ms', ours: found.totalMs, note },
  ];
}

/** Our informer beside the one of the Kubernetes client for JavaScript. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: 'sync',
    description: 'memory per object and time to the first state, with 10,000 objects',
    run: besideClientNode,
  },
  { name: 'resync', description: 'a comparison of 100,000 keys that finds nothing', run: resync },
];
