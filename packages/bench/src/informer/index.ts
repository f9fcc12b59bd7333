import { fork } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';

import { cost, median, type Benchmark, type Result } from '../benchmark.js';

/** What a process that ran one informer found. */
interface Measurement {
  readonly syncMs: number;
  readonly bytesPerObject: number;
  readonly objects: number;
}

const rounds = 3;

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
  const measurements: Record<string, Measurement[]> = { ours: [], peer: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      for (const candidate of ['ours', 'peer']) {
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
  const note = '10,000 objects of 1.5 KB, parsed from the same text';
  yield cost(
    'memory per object',
    'bytes',
    middle('ours', 'bytesPerObject'),
    middle('peer', 'bytesPerObject'),
    peer,
    note,
  );
  yield cost('sync 10000', 'ms', middle('ours', 'syncMs'), middle('peer', 'syncMs'), peer, note);
}

async function resync(): Promise<readonly Result[]> {
  const { measureResync } = await import('./resync.js');
  const { longestBlockMs, events } = await measureResync(100_000);
  const note = `processor time of one turn of the loop; ${events} events`;
  return [{ name: 'resync of 100,000 unchanged keys: longest block', unit: 'ms', ours: longestBlockMs, note }];
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
