import { setImmediate as nextTurn } from 'node:timers/promises';

import { ManualClock, SeededRandom } from '@ecsm/api-types/testing';
import { WorkQueue } from '@ecsm/workqueue';

/** How {@link runManyWorkers} runs. */
export interface ManyWorkersOptions {
  readonly producers: number;
  readonly workers: number;
  readonly keys: number;
  /** How many times keys are added, by all producers together; each key at least once. */
  readonly adds: number;
  readonly seed: number;
}

/** What {@link runManyWorkers} saw; all but `runs` have to be zero. */
export interface ManyWorkersReport {
  readonly runs: number;
  /** Runs of a key while another run of it was under way. */
  readonly overlaps: number;
  readonly keysNeverRun: number;
  /** Keys whose last run began before they were last added. */
  readonly keysRunBeforeLastAdd: number;
}

/** Lets producers and workers loose on one queue, in an order drawn from a seed, and checks every run. */
export async function runManyWorkers(options: ManyWorkersOptions): Promise<ManyWorkersReport> {
  const { producers, workers, keys, adds, seed } = options;
  const random = new SeededRandom(seed);
  const clock = new ManualClock();
  const queue = new WorkQueue<number>({ clock });
  const running = new Uint8Array(keys);
  const addedAt = new Uint32Array(keys);
  const startedAt = new Uint32Array(keys);
  let step = 0;
  let runs = 0;
  let overlaps = 0;
  let producing = producers;
  const work = async (): Promise<void> => {
    for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
      const { key } = item;
      if (running[key] !== 0) overlaps++;
      running[key] = 1;
      startedAt[key] = ++step;
      runs++;
      const turns = random.int(0, 3);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      running[key] = 0;
      queue.done(key);
    }
  };
  const produce = async (producer: number): Promise<void> => {
    for (let n = producer; n < adds; n += producers) {
      const key = n < keys ? n : random.int(0, keys - 1);
      addedAt[key] = ++step;
      queue.add(key, { priority: random.int(0, 2), afterMs: random.chance(0.05) ? 1 : 0 });
      const pause = random.next();
      if (pause < 0.3) await Promise.resolve();
      else if (pause < 0.302) await nextTurn();
    }
    producing--;
  };
  const team = Array.from({ length: workers }, work);
  const time = (async (): Promise<void> => {
    while (producing > 0 || queue.delayed > 0) await clock.advance(1);
  })();
  await Promise.all(Array.from({ length: producers }, (_, producer) => produce(producer)));
  await time;
  await queue.drain();
  await Promise.all(team);
  return {
    runs,
    overlaps,
    keysNeverRun: startedAt.filter((at) => at === 0).length,
    keysRunBeforeLastAdd: startedAt.filter((at, key) => at !== 0 && at < (addedAt[key] ?? 0)).length,
  };
}
