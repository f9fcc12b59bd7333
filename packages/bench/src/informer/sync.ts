import { cost, median, type Result } from '../benchmark.js';
import { startApiServer } from './api-server.js';
import { filledRegistry } from './filled-registry.js';
import { builtPackages, forkWorker } from './fork-worker.js';
import { objectCount } from './objects.js';

/** What a process that ran one candidate found. */
interface Measurement {
  /** The first sync of the process, compilation included. */
  readonly coldMs: number;
  /** The mean of the third to the sixth. */
  readonly laterMs: number;
  /** One right after a forced collection of garbage, which throws compiled code away as well. */
  readonly afterCollectionMs: number;
  readonly bytesPerObject: number;
}

const rounds = 3;
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

async function measureAll(): Promise<(candidate: Candidate, of: keyof Measurement) => number> {
  const measurements = new Map<Candidate, Measurement[]>(candidates.map((candidate) => [candidate, []]));
  await using server = await startApiServer(objectCount);
  await using registry = await filledRegistry();
  for (let round = 0; round < rounds; round++) {
    for (const [candidate, all] of measurements) {
      const args = [candidate, server.url, registry.file];
      all.push(await forkWorker<Measurement>('run-informer-worker.ts', args, builtPackages));
    }
  }
  return (candidate, of) => median((measurements.get(candidate) ?? []).map((measurement) => measurement[of]));
}

/** Beside the informer of the Kubernetes client: what the first state costs, and what is held afterwards. */
export async function* syncBesidePeer(): AsyncGenerator<Result> {
  const middle = await measureAll();
  const about = `${objectCount} objects of 1.5 KB; processor time, median of ${rounds} processes`;
  const memory = (candidate: Candidate): number => middle(candidate, 'bytesPerObject');
  yield cost('memory per object', 'bytes', memory('registry versions'), memory('peer'), peerName, about);
  yield cost('memory per object, objects kept', 'bytes', memory('http cache'), memory('peer'), peerName, about);
  for (const [when, of] of [
    ['the first of a process', 'coldMs'],
    ['code compiled', 'laterMs'],
    ['after a forced collection', 'afterCollectionMs'],
  ] as const) {
    const ms = (candidate: Candidate): string => `${middle(candidate, of).toFixed(0)} ms`;
    const compared = (what: string, ours: Candidate, note: string): Result =>
      cost(`sync ${objectCount}, ${when}: ${what}`, 'ms', middle(ours, of), middle('peer', of), peerName, note);
    yield compared('versions from a registry, as controllers do', 'registry versions', about);
    yield compared(
      'versions from the same API server',
      'http versions',
      `${about}; reading and parsing them alone: ${ms('parse versions')}`,
    );
    const ofObjects = `${about}; reading and parsing them alone: ${ms('parse objects')}, which nobody can do without`;
    yield compared('every object from the same API server', 'http objects', ofObjects);
    yield compared('every object from the same API server, and kept', 'http cache', ofObjects);
  }
}
