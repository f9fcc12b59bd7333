import { ManualClock } from '@ecsm/api-types/testing';
import { ExponentialRateLimiter, WorkQueue } from '@ecsm/workqueue';
import { describe, expect, it } from 'vitest';

import { RecordingMetrics } from './helpers/recording-metrics.js';
import { takeAll } from './helpers/take-all.js';

function newQueue(): { readonly clock: ManualClock; readonly metrics: RecordingMetrics; readonly queue: WorkQueue } {
  const clock = new ManualClock();
  const metrics = new RecordingMetrics();
  return { clock, metrics, queue: new WorkQueue({ clock, metrics, rateLimiter: new ExponentialRateLimiter() }) };
}

function depths(queue: WorkQueue): Record<string, number> {
  return Object.fromEntries(queue.measure().priorities.map(({ priority, depth }) => [priority, depth]));
}

describe('metrics', () => {
  it('W32 counts adds after deduplication: five re-adds of a running key are one more', () => {
    const { metrics, queue } = newQueue();
    for (let n = 0; n < 5; n++) queue.add('a');
    expect(metrics.adds).toBe(1);
    queue.tryGet();
    for (let n = 0; n < 5; n++) queue.add('a');
    expect(metrics.adds).toBe(2);
    queue.done('a');
    expect(metrics.adds).toBe(2);
  });

  it('W32 counts a delayed key when it becomes ready', async () => {
    const { clock, metrics, queue } = newQueue();
    queue.add('a', { afterMs: 10 });
    expect(metrics.adds).toBe(0);
    await clock.advance(10);
    expect(metrics.adds).toBe(1);
  });

  it('W32 lowers the depth when a key is taken', () => {
    const { queue } = newQueue();
    queue.add('a');
    queue.add('b');
    expect(depths(queue)).toEqual({ 0: 2 });
    queue.tryGet();
    expect(depths(queue)).toEqual({ 0: 1 });
    queue.add('a');
    expect(depths(queue)).toEqual({ 0: 1 });
    queue.done('a');
    expect(depths(queue)).toEqual({ 0: 2 });
  });

  it('W32 measures the waiting time from the first add, and the running time from get to done', async () => {
    const { clock, metrics, queue } = newQueue();
    queue.add('a');
    await clock.advance(50);
    queue.add('a');
    queue.add('a', { priority: 1 });
    await clock.advance(10);
    queue.tryGet();
    await clock.advance(20);
    queue.add('a');
    await clock.advance(5);
    queue.done('a');
    await clock.advance(7);
    queue.tryGet();
    expect(metrics.waitedSeconds).toEqual([0.06, 0.012]);
    expect(metrics.ranSeconds).toEqual([0.025]);
  });

  it('W32 measures the waiting time of a delayed key from the time it was due', async () => {
    const { clock, metrics, queue } = newQueue();
    queue.add('a', { afterMs: 50 });
    await clock.advance(80);
    queue.tryGet();
    expect(metrics.waitedSeconds).toEqual([0.03]);
  });

  it('W32 unfinished work and the longest run grow while keys run, and fall to zero', async () => {
    const { clock, queue } = newQueue();
    queue.add('a');
    queue.add('b');
    queue.tryGet();
    await clock.advance(2000);
    queue.tryGet();
    await clock.advance(1000);
    expect(queue.measure()).toMatchObject({ running: 2, unfinishedWorkSeconds: 4, longestRunningSeconds: 3 });
    queue.done('a');
    expect(queue.measure()).toMatchObject({ running: 1, unfinishedWorkSeconds: 1, longestRunningSeconds: 1 });
    queue.done('b');
    expect(queue.measure()).toMatchObject({ running: 0, unfinishedWorkSeconds: 0, longestRunningSeconds: 0 });
  });

  it('W32 counts as retries only adds with rate limit', () => {
    const { metrics, queue } = newQueue();
    queue.add('a');
    queue.add('a', { afterMs: 10 });
    expect(metrics.retries).toBe(0);
    queue.addRateLimited('a');
    queue.addRateLimited('b');
    expect(metrics.retries).toBe(2);
  });

  it('W32 reports nothing after shutdown', async () => {
    const { clock, metrics, queue } = newQueue();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    queue.tryGet();
    queue.add('a');
    queue.add('delayed', { afterMs: 5 });
    queue.shutdown();
    await clock.advance(10);
    queue.add('d');
    queue.addRateLimited('a');
    queue.done('a');
    takeAll(queue);
    expect([metrics.adds, metrics.retries, metrics.waitedSeconds.length, metrics.ranSeconds.length]).toEqual([
      4, 0, 1, 0,
    ]);
  });

  it('W32 moves depth from the old priority to the new when a key is promoted, and never below zero', async () => {
    const { clock, queue } = newQueue();
    queue.add('a', { priority: 1 });
    queue.add('b', { priority: 1 });
    queue.add('a', { priority: 2 });
    expect(depths(queue)).toEqual({ 1: 1, 2: 1 });
    queue.add('late', { priority: 1, afterMs: 50 });
    expect(depths(queue)).toEqual({ 1: 1, 2: 1 });
    queue.add('late', { priority: 3 });
    expect(depths(queue)).toEqual({ 1: 1, 2: 1, 3: 1 });
    await clock.advance(100);
    takeAll(queue);
    expect(depths(queue)).toEqual({ 1: 0, 2: 0, 3: 0 });
  });

  it('tells how long the next key of each priority waits', async () => {
    const { clock, queue } = newQueue();
    queue.add('a', { priority: 1 });
    await clock.advance(1000);
    queue.add('b', { priority: 1 });
    queue.add('c', { priority: 2 });
    await clock.advance(500);
    expect(queue.measure().priorities).toEqual([
      { priority: '2', depth: 1, oldestAgeSeconds: 0.5 },
      { priority: '1', depth: 2, oldestAgeSeconds: 1.5 },
    ]);
  });

  it('gives 25 priorities a label of their own and all further ones a common one', () => {
    const { queue } = newQueue();
    for (let priority = 0; priority < 30; priority++) queue.add(String(priority), { priority });
    const measured = queue.measure().priorities;
    expect(measured).toHaveLength(26);
    expect(measured.at(-1)).toEqual({ priority: 'exceeded_cardinality_limit', depth: 5, oldestAgeSeconds: 0 });
    takeAll(queue);
    expect(queue.measure().priorities.map(({ depth }) => depth)).toEqual(Array.from({ length: 26 }, () => 0));
  });
});

describe('inspect', () => {
  it('lists what waits, what is delayed and what runs, in order', async () => {
    const { clock, queue } = newQueue();
    queue.add('runs', { priority: 7 });
    queue.tryGet();
    queue.add('runs', { priority: 2 });
    queue.add('later', { afterMs: 900 });
    queue.addRateLimited('failed');
    queue.add('low');
    await clock.advance(1);
    queue.add('high', { priority: 1 });
    await clock.advance(1);
    expect(queue.inspect()).toEqual({
      ready: [
        { key: 'high', priority: 1, retries: 0, sinceMs: 1 },
        { key: 'low', priority: 0, retries: 0, sinceMs: 2 },
      ],
      delayed: [
        { key: 'failed', priority: 0, retries: 1, sinceMs: -3 },
        { key: 'later', priority: 0, retries: 0, sinceMs: -898 },
      ],
      running: [{ key: 'runs', priority: 2, retries: 0, sinceMs: 2, again: true }],
      closed: false,
    });
  });

  it('lists no more than it is asked for', () => {
    const { queue } = newQueue();
    for (let n = 0; n < 20; n++) queue.add(n < 10 ? `r${n}` : `d${n}`, { priority: n % 3, afterMs: n < 10 ? 0 : 5 });
    for (let n = 0; n < 5; n++) queue.tryGet();
    const { ready, delayed, running } = queue.inspect({ limit: 3 });
    expect([ready.length, delayed.length, running.length]).toEqual([3, 3, 3]);
  });
});
