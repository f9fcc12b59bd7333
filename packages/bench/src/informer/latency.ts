import { cost, type Result } from '../benchmark.js';
import { percentile } from '../registry/interleave.js';
import { startApiServer } from './api-server.js';
import { filledRegistry } from './filled-registry.js';
import { forkWorker } from './fork-worker.js';
import { objectCount } from './objects.js';

/** The latencies of every change, in milliseconds. */
export interface Latencies {
  /** Ours on a registry's file. */
  readonly registry: readonly number[];
  /** The writes to it, until they were acknowledged. */
  readonly commit: readonly number[];
  /** Ours on an API server. */
  readonly server: readonly number[];
  /** The peer on the same one. */
  readonly peer: readonly number[];
  /** Ours on objects in the memory of its own process. */
  readonly memory: readonly number[];
}

const changes = 4000;

/** From the beginning of a write until the handler was called, ours and the peer's in turn. */
export async function* latencyBesidePeer(): AsyncGenerator<Result> {
  await using server = await startApiServer(objectCount);
  await using registry = await filledRegistry();
  const args = [server.url, registry.file, String(changes)];
  const found = await forkWorker<Latencies>('run-latency-worker.ts', args);
  const about = `${changes} changes each among ${objectCount} objects`;
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const peer = percentile(found.peer, share);
    const compared = (what: string, ours: readonly number[], note: string): Result =>
      cost(`event latency ${name}: ${what}`, 'ms', percentile(ours, share), peer, '@kubernetes/client-node', note);
    yield compared(
      'the same API server',
      found.server,
      `${about}; the server keeps them in memory; with neither server nor network it takes ${percentile(found.memory, share).toFixed(3)} ms`,
    );
    yield compared(
      'a registry',
      found.registry,
      `${about}; of this the durable write, which the peer's server leaves out: ${percentile(found.commit, share).toFixed(2)} ms`,
    );
  }
}
