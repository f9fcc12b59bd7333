import { fork, type ChildProcess } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';

import { SeededRandom } from '@ecsm/api-types/testing';

import { cost, type Result } from '../benchmark.js';
import { percentile } from '../registry/interleave.js';
import { startApiServer } from './api-server.js';
import { filledRegistry } from './filled-registry.js';
import { monotonicMs } from './monotonic-ms.js';
import { makeSample, objectCount } from './objects.js';

/**
 * Who waits for changes: ours on a registry's file, on objects in the memory of its own process, on an API server that sends
 * metadata alone or whole objects; the peer on the same one; and a bare loop over its events of metadata.
 */
export type LatencyCandidate = 'registry' | 'memory' | 'metadata' | 'objects' | 'byHand' | 'peer';

/** A write, in times of {@link monotonicMs}. */
export interface Written {
  readonly startedAt: number;
  readonly acknowledgedAt: number;
}

/** What the process of a candidate says. */
export type LatencyMessage =
  | { readonly type: 'ready' }
  /** `arrivedAt` is when the bytes of the event came to the process, where they came over a connection. */
  | { readonly type: 'told'; readonly at: number; readonly arrivedAt?: number }
  | ({ readonly type: 'written' } & Written);

/** How long a change took, in milliseconds. */
interface Taken {
  /** From the beginning of the write until the handler was called. */
  readonly toldMs: number;
  /** From the beginning of the write. */
  readonly acknowledgedMs: number;
  /** From the arrival of the event in the process until the handler was called: the part that is the informer's own. */
  readonly withinMs: number;
}

const changes = 12_000;
/** Until the code is compiled, which goes on for thousands of events. */
const warmUp = 5_000;

/** Replaces objects of a list on an API server. */
function putTo(server: string, plural: string): (index: number) => Promise<Written> {
  const agent = new Agent({ keepAlive: true });
  return (index) => {
    const body = JSON.stringify(makeSample(index));
    const url = `${server}/apis/example.dev/v1/namespaces/default/${plural}/sample-${index}`;
    const headers = { 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const startedAt = monotonicMs();
      const sent = request(url, { method: 'PUT', agent, headers });
      sent.on('response', (response) => {
        response.resume().on('end', () => resolve({ startedAt, acknowledgedAt: monotonicMs() }));
      });
      sent.on('error', reject).end(body);
    });
  };
}

/** The process of a candidate. */
class Waiting {
  readonly candidate: LatencyCandidate;
  readonly taken: Taken[] = [];
  readonly #child: ChildProcess;
  readonly #put: ((index: number) => Promise<Written>) | undefined;

  constructor(candidate: LatencyCandidate, server: string, file: string) {
    this.candidate = candidate;
    this.#child = fork(fileURLToPath(new URL('run-latency-worker.js', import.meta.url)), [candidate, server, file]);
    if (candidate !== 'registry' && candidate !== 'memory') this.#put = putTo(server, candidate);
  }

  /** The next message of a type. */
  said<Type extends LatencyMessage['type']>(type: Type): Promise<LatencyMessage & { readonly type: Type }> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.#child.off('message', hear).off('exit', fail);
        settle();
      };
      const hear = (message: unknown): void => {
        const said = message as LatencyMessage;
        if (said.type === type) end(() => resolve(said as LatencyMessage & { readonly type: Type }));
      };
      const fail = (code: number | null): void =>
        end(() => reject(new Error(`the process of "${this.candidate}" ended with code ${code ?? 'none'}`)));
      this.#child.on('message', hear).on('exit', fail);
    });
  }

  /** Changes an object, and waits until the handler was told and the write is acknowledged. */
  async change(index: number): Promise<Taken> {
    const written = this.#put === undefined ? this.said('written') : this.#put(index);
    if (this.#put === undefined) this.#child.send(index);
    const [{ at, arrivedAt = at }, { startedAt, acknowledgedAt }] = await Promise.all([this.said('told'), written]);
    return { toldMs: at - startedAt, acknowledgedMs: acknowledgedAt - startedAt, withinMs: at - arrivedAt };
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

async function measure(): Promise<Readonly<Record<LatencyCandidate, readonly Taken[]>>> {
  await using server = await startApiServer(objectCount);
  await using registry = await filledRegistry();
  const candidates: readonly LatencyCandidate[] = ['registry', 'memory', 'metadata', 'objects', 'byHand', 'peer'];
  const all = candidates.map((candidate) => new Waiting(candidate, server.url, registry.file));
  const random = new SeededRandom(1);
  try {
    await Promise.all(all.map((waiting) => waiting.said('ready')));
    for (let round = -warmUp; round < changes; round++) {
      // In any order: who comes after another finds the machine a little colder or warmer.
      const order = all.map((waiting) => ({ waiting, at: random.next() })).sort((a, b) => a.at - b.at);
      for (const { waiting } of order) {
        const taken = await waiting.change(random.int(0, objectCount - 1));
        if (round >= 0) waiting.taken.push(taken);
      }
    }
  } finally {
    for (const waiting of all) waiting.stop();
  }
  return Object.fromEntries(all.map(({ candidate, taken }) => [candidate, taken])) as Record<LatencyCandidate, Taken[]>;
}

/** Until the handler was called, each candidate in a process of its own, in turns. */
export async function* latencyBesidePeer(): AsyncGenerator<Result> {
  const taken = await measure();
  const about = `${changes} changes each among ${objectCount} objects`;
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const tookMs = (part: keyof Taken, candidate: LatencyCandidate): number =>
      percentile(
        taken[candidate].map((each) => each[part]),
        share,
      );
    const compared = (part: keyof Taken, what: string, ours: LatencyCandidate, note: string): Result => {
      const peer = tookMs(part, 'peer');
      return cost(`event latency ${name}: ${what}`, 'ms', tookMs(part, ours), peer, '@kubernetes/client-node', note);
    };
    const within = `${about}; from the arrival of the event in the process`;
    yield compared('withinMs', 'the informer, metadata alone', 'metadata', within);
    yield compared('withinMs', 'the informer, every object', 'objects', within);
    yield compared(
      'withinMs',
      'by hand, metadata alone',
      'byHand',
      `${within}; a bare loop over them, with nothing known`,
    );
    const alone = `with neither server nor network it takes ${tookMs('toldMs', 'memory').toFixed(3)} ms`;
    const server = `${about}, from the beginning of the write, by another process; the server keeps them in memory`;
    yield compared('toldMs', 'the same API server, metadata alone', 'metadata', `${server}; ${alone}`);
    yield compared('toldMs', 'the same API server, every object', 'objects', server);
    yield compared('toldMs', 'the same API server, by hand', 'byHand', `${server}; a bare loop over the events`);
    const commitMs = tookMs('acknowledgedMs', 'registry').toFixed(2);
    const durable = `${about}; of this the durable write, which the peer's server leaves out: ${commitMs} ms`;
    yield compared('toldMs', 'a registry', 'registry', durable);
  }
}
