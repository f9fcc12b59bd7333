import { ManualClock } from '@ecsm/api-types/testing';
import { WorkQueue } from '@ecsm/workqueue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { runManyWorkers } from './helpers/run-many-workers.js';

describe('many producers and workers', () => {
  it('W6 50 producers, 10 workers: every key runs at least once and none twice at a time', async () => {
    const report = await runManyWorkers({ producers: 50, workers: 10, keys: 500, adds: 20_000, seed: 6 });
    expect(report).toEqual({ runs: report.runs, overlaps: 0, keysNeverRun: 0, keysRunBeforeLastAdd: 0 });
    expect(report.runs).toBeGreaterThanOrEqual(500);
    expect(report.runs).toBeLessThanOrEqual(20_000);
  });

  it('W6 100 producers, 20 workers over many keys', async () => {
    const report = await runManyWorkers({ producers: 100, workers: 20, keys: 30_000, adds: 60_000, seed: 7 });
    expect(report).toMatchObject({ overlaps: 0, keysNeverRun: 0, keysRunBeforeLastAdd: 0 });
  });

  it('W6 holds for any interleaving of producers and workers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.nat(3), { maxLength: 12 }), async (scheduler, adds) => {
        const queue = new WorkQueue<number>({ clock: new ManualClock() });
        const running = new Set<number>();
        const lastRun = new Map<number, number>();
        let step = 0;
        const worker = async (): Promise<void> => {
          for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
            expect(running.has(item.key)).toBe(false);
            running.add(item.key);
            lastRun.set(item.key, ++step);
            await scheduler.schedule(Promise.resolve());
            running.delete(item.key);
            queue.done(item.key);
          }
        };
        const workers = [worker(), worker()];
        const lastAdd = new Map<number, number>();
        const producers = adds.map(async (key) => {
          await scheduler.schedule(Promise.resolve());
          lastAdd.set(key, ++step);
          queue.add(key);
        });
        await scheduler.waitIdle();
        await Promise.all(producers);
        const drained = queue.drain();
        await scheduler.waitIdle();
        await drained;
        await Promise.all(workers);
        for (const [key, addedAt] of lastAdd) expect(lastRun.get(key)).toBeGreaterThan(addedAt);
      }),
      { seed: 9, numRuns: 200 },
    );
  });
});

describe('starting and stopping', () => {
  it('leaves no timer and no listener behind in 10,000 lives of a queue', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const counted = Object.create(signal, {
      addEventListener: {
        value: (...args: Parameters<AbortSignal['addEventListener']>) => {
          listeners++;
          signal.addEventListener(...args);
        },
      },
      removeEventListener: {
        value: (...args: Parameters<AbortSignal['removeEventListener']>) => {
          listeners--;
          signal.removeEventListener(...args);
        },
      },
      aborted: { get: () => signal.aborted },
      reason: { get: () => signal.reason as unknown },
    }) as AbortSignal;
    for (let life = 0; life < 10_000; life++) {
      const queue = new WorkQueue({ clock });
      const worker = queue.get({ signal: counted });
      const idleWorker = queue.get({ signal: counted });
      queue.add('a');
      queue.add('b', { afterMs: 1000 });
      queue.addRateLimited('c');
      const item = await worker;
      const drained = queue.drain({ signal: counted });
      expect(await idleWorker).toBeUndefined();
      queue.done(item?.key ?? '');
      await drained;
    }
    expect(listeners).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});
