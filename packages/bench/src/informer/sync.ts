import { cost, median, type Result } from '../benchmark.js';
import { forkWorker } from '../fork-worker.js';
import { startApiServer } from './api-server.js';
import { filledRegistry } from './filled-registry.js';
import { objectCount } from './objects.js';
import type { TimeOfSync } from './run-informer-worker.js';

/** What a process that ran one candidate found. */
interface Measurement {
  /** Loading the library, which nobody syncs without. */
  readonly loading: TimeOfSync;
  /** The first sync of the process, compilation included. */
  readonly first: TimeOfSync;
  /** The mean of the third to the sixth. */
  readonly compiled: TimeOfSync;
  /** One right after a forced collection of garbage, which throws compiled code away as well. */
  readonly afterCollection: TimeOfSync;
  readonly bytesPerObject: number;
}

const rounds = 3;
const worker = new URL('run-informer-worker.js', import.meta.url);
const candidates = [
  'registry versions',
  'http versions',
  'http objects',
  'http cache',
  'peer',
  'parse versions',
  'parse objects',
] as const;
type Candidate = (typeof candidates)[number];

const peerName = '@kubernetes/client-node';

/** The median of a figure of a candidate. */
type Middle = (candidate: Candidate, figure: (measurement: Measurement) => number) => number;

async function measureAll(): Promise<Middle> {
  const measurements = new Map<Candidate, Measurement[]>(candidates.map((candidate) => [candidate, []]));
  await using server = await startApiServer(objectCount);
  await using registry = await filledRegistry();
  for (let round = 0; round < rounds; round++) {
    for (const [candidate, all] of measurements) {
      const args = [candidate, server.url, registry.file, String(objectCount)];
      all.push(await forkWorker<Measurement>(worker, args));
    }
  }
  return (candidate, figure) => median((measurements.get(candidate) ?? []).map(figure));
}

/** Beside the informer of the Kubernetes client: what the first state costs, and what is held afterwards. */
export async function* syncBesidePeer(): AsyncGenerator<Result> {
  const middle = await measureAll();
  const about = `${objectCount} objects of 1.5 KB; median of ${rounds} processes`;
  const memory = (candidate: Candidate): number => middle(candidate, ({ bytesPerObject }) => bytesPerObject);
  yield cost('memory per object', 'bytes', memory('registry versions'), memory('peer'), peerName, about);
  yield cost('memory per object, objects kept', 'bytes', memory('http cache'), memory('peer'), peerName, about);
  for (const [when, ...parts] of [
    ['the first of a process, its library loaded', 'loading', 'first'],
    ['the first of a process', 'first'],
    ['code compiled', 'compiled'],
    ['after a forced collection', 'afterCollection'],
  ] as const) {
    const total = (candidate: Candidate, figure: keyof TimeOfSync): number =>
      middle(candidate, (measurement) => parts.reduce((sum, part) => sum + measurement[part][figure], 0));
    const processorMs = (candidate: Candidate): number => total(candidate, 'processorMs');
    const elapsedMs = (candidate: Candidate): number => total(candidate, 'elapsedMs');
    const compared = function* (what: string, ours: Candidate, note: string): Generator<Result> {
      const name = `sync ${objectCount}, ${when}: ${what}`;
      yield cost(name, 'ms', elapsedMs(ours), elapsedMs('peer'), peerName, note);
      yield cost(`${name}; processor`, 'ms', processorMs(ours), processorMs('peer'), peerName, note);
    };
    const parsing = (candidate: Candidate): string =>
      `reading and parsing them alone: ${processorMs(candidate).toFixed(0)} ms of the processor`;
    yield* compared('versions from a registry, as controllers do', 'registry versions', about);
    yield* compared('versions from the same API server', 'http versions', `${about}; ${parsing('parse versions')}`);
    const ofObjects = `${about}; ${parsing('parse objects')}, which nobody can do without`;
    yield* compared('every object from the same API server', 'http objects', ofObjects);
    yield* compared('every object from the same API server, and kept', 'http cache', ofObjects);
  }
}
