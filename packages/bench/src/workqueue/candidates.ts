import { WorkQueue, type WorkQueueMetrics } from '@ecsm/workqueue';
import fastq from 'fastq';
import PQueue from 'p-queue';

/** How many tasks each candidate runs at a time. */
const concurrency = 8;

/** What the tasks are: all for different keys, or for a few keys again and again. */
export type Scenario = 'distinct' | 'repeated';

/** A queue to measure: adds every key, runs all of them, and returns how many runs there were. */
export type Candidate = (keys: readonly string[]) => Promise<number>;

/** The bounds that the metrics of work queues usually have: 10 ns, times ten, twelve of them. */
const bounds = Array.from({ length: 12 }, (_, exponent) => 1e-8 * 10 ** exponent);

/** A histogram as metrics libraries keep it. */
class Histogram {
  readonly counts = new Uint32Array(bounds.length + 1);
  sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < bounds.length && seconds > bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += seconds;
  }
}

/** The metrics of a work queue, all of them on. */
class Metrics implements WorkQueueMetrics {
  adds = 0;
  retries = 0;
  readonly waiting = new Histogram();
  readonly running = new Histogram();

  added(): void {
    this.adds++;
  }
  handedOut(waitedSeconds: number): void {
    this.waiting.observe(waitedSeconds);
  }
  finished(ranSeconds: number): void {
    this.running.observe(ranSeconds);
  }
  retried(): void {
    this.retries++;
  }
}

/** The work itself: asynchronous, and next to nothing. */
async function task(key: string): Promise<number> {
  return key.length;
}

/** Ours and the peers. The peers neither deduplicate nor measure, and get no priorities: p-queue inserts in linear time. */
export const candidates: Readonly<Record<string, Candidate>> = {
  ours: async (keys) => {
    const queue = new WorkQueue({ metrics: new Metrics() });
    let runs = 0;
    const work = async (): Promise<void> => {
      for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
        await task(item.key);
        runs++;
        queue.done(item.key);
      }
    };
    keys.forEach((key, index) => queue.add(key, { priority: index % 5 }));
    const workers = Array.from({ length: concurrency }, work);
    await queue.drain();
    await Promise.all(workers);
    return runs;
  },
  'p-queue': async (keys) => {
    const queue = new PQueue({ concurrency });
    let runs = 0;
    for (const key of keys) {
      void queue.add(async () => {
        await task(key);
        runs++;
      });
    }
    await queue.onIdle();
    return runs;
  },
  'fastq promise': async (keys) => {
    let runs = 0;
    const queue = fastq.promise<unknown, string>(async (key) => {
      await task(key);
      runs++;
    }, concurrency);
    for (const key of keys) void queue.push(key);
    await queue.drained();
    return runs;
  },
};
