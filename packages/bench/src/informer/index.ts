import type { Benchmark, Result } from '../benchmark.js';
import { forkWorker } from '../fork-worker.js';
import { latencyBesidePeer } from './latency.js';
import type { Resync } from './resync.js';
import { syncBesidePeer } from './sync.js';

async function resync(): Promise<readonly Result[]> {
  // With one thread the processor time of a turn is what blocks the loop, garbage collection and compilation included.
  const found = await forkWorker<Resync>(
    new URL('run-resync-worker.js', import.meta.url),
    ['100000'],
    ['--single-threaded'],
  );
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
    run: syncBesidePeer,
  },
  {
    name: 'latency',
    description: 'from a write to the call of the handler, with 10,000 objects',
    run: latencyBesidePeer,
  },
  { name: 'resync', description: 'a comparison of 100,000 keys that finds nothing', run: resync },
];
