import { cost, median, rate, type Benchmark, type Result } from '../benchmark.js';
import { forkWorker } from '../fork-worker.js';
import type { Scenario } from './candidates.js';

interface Measurement {
  /** Keys a second of processor time. */
  readonly perSecond: number;
  /** Resident memory at its peak, above what the process held with its keys before it began. */
  readonly grownBytes: number;
  readonly peakBytes: number;
  readonly runs: number;
}

const count = 1_000_000;
const rounds = 3;
const worker = new URL('run-candidate-worker.js', import.meta.url);
const peers = ['p-queue', 'fastq promise'] as const;

/** Lets the candidates run in turn, several times, and takes the middle of each figure. */
async function measure(scenario: Scenario): Promise<ReadonlyMap<string, Measurement>> {
  const all = new Map<string, Measurement[]>();
  for (let round = 0; round < rounds; round++) {
    for (const candidate of ['ours', ...peers]) {
      const measurement = await forkWorker<Measurement>(worker, [candidate, scenario, String(count)]);
      all.set(candidate, [...(all.get(candidate) ?? []), measurement]);
    }
  }
  const middle = (measurements: readonly Measurement[], of: keyof Measurement): number =>
    median(measurements.map((measurement) => measurement[of]));
  return new Map(
    [...all].map(([candidate, measurements]) => [
      candidate,
      {
        perSecond: middle(measurements, 'perSecond'),
        grownBytes: middle(measurements, 'grownBytes'),
        peakBytes: middle(measurements, 'peakBytes'),
        runs: middle(measurements, 'runs'),
      },
    ]),
  );
}

function benchmarkOf(name: string, description: string, scenario: Scenario): Benchmark {
  return {
    name,
    description,
    async *run(): AsyncGenerator<Result> {
      const measurements = await measure(scenario);
      const ours = measurements.get('ours')!;
      for (const peerName of peers) {
        const peer = measurements.get(peerName)!;
        const note = `ours with priorities and metrics, ${ours.runs} runs; ${peerName} without, ${peer.runs} runs`;
        yield rate(`${name}: add, get, done`, 'keys/CPU s', ours.perSecond, peer.perSecond, peerName, note);
        const peaks = `in all ${megabytes(ours.peakBytes)} against ${megabytes(peer.peakBytes)}, the keys themselves included`;
        yield cost(`${name}: memory grown at peak`, 'bytes', ours.grownBytes, peer.grownBytes, peerName, peaks);
      }
    },
  };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Our queue beside those that users of Node know. */
export const benchmarks: readonly Benchmark[] = [
  benchmarkOf('distinct keys', '10^6 different keys: add all, then run all with 8 workers', 'distinct'),
  benchmarkOf('repeated keys', '10^6 adds of 1,000 keys, which only ours runs once each', 'repeated'),
];
