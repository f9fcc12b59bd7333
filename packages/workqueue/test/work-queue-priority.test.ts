import { ManualClock } from '@ecsm/api-types/testing';
import { WorkQueue } from '@ecsm/workqueue';
import { describe, expect, it } from 'vitest';

import { takeAll } from './helpers/take-all.js';

describe('priorities', () => {
  it('W31a hands out the highest first, also of keys that became ready during a wait', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock });
    const priorities = [-100, -1, 0, 7, 1000];
    for (let n = 0; n < 1000; n++) {
      for (const priority of priorities) {
        queue.add(`${priority} ${n}`, { priority, afterMs: [-1000, 0, 1000][n % 3] ?? 0 });
      }
    }
    const takenLevels = (): number[] => takeAll(queue).map((key) => Number(key.split(' ')[0]));
    const soon = takenLevels();
    expect(soon).toHaveLength(5 * 667);
    expect(soon).toEqual([...soon].sort((a, b) => b - a));
    await clock.advance(1000);
    const later = takenLevels();
    expect(later).toHaveLength(5 * 333);
    expect(later).toEqual([...later].sort((a, b) => b - a));
  });

  it('W31a gives a waiting worker the highest of several keys added in one step', async () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    const got = queue.get();
    queue.add('low', { priority: 1 });
    queue.add('high', { priority: 2 });
    expect((await got)?.key).toBe('high');
  });

  it('W31b is first in, first out within a priority', () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    for (let n = 0; n < 100; n++) queue.add(`a${n}`, { priority: 5 });
    expect(takeAll(queue)).toEqual(Array.from({ length: 100 }, (_, n) => `a${n}`));
  });

  it('W31c raises a key to the end of the higher priority, and never lowers it', () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    queue.add('first', { priority: 1 });
    queue.add('second', { priority: 1 });
    queue.add('raised');
    queue.add('stays');
    queue.add('raised', { priority: 1 });
    queue.add('first', { priority: -5 });
    queue.add('second');
    expect(queue.length).toBe(4);
    expect(takeAll(queue)).toEqual(['first', 'second', 'raised', 'stays']);
  });

  it('W31c remembers the highest priority of a key that waits for its time', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock });
    queue.add('a', { afterMs: 10, priority: 3 });
    queue.add('a', { afterMs: 20, priority: 5 });
    queue.add('a', { afterMs: 30, priority: 4 });
    await clock.advance(10);
    expect(queue.tryGet()).toEqual({ key: 'a', priority: 5, retries: 0 });
  });

  it('W31d a running key keeps the highest priority asked for meanwhile, and not the one it runs with', () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    queue.add('a', { priority: 9 });
    queue.tryGet();
    for (const priority of [2, 4, 3]) queue.add('a', { priority });
    queue.done('a');
    expect(queue.tryGet()?.priority).toBe(4);
    queue.done('a');
    queue.add('a');
    expect(queue.tryGet()?.priority).toBe(0);
  });

  it('W31e a key that waited longer than the ageing window runs although higher ones never end', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock, ageingMs: 30_000 });
    for (const key of ['low 1', 'low 2']) queue.add(key, { priority: -1 });
    const runs: string[] = [];
    // Three high keys come for every one that can be run, for ever.
    for (let second = 0; second < 40; second++) {
      for (let n = 0; n < 3; n++) queue.add(`high ${second}.${n}`, { priority: 10 });
      const item = queue.tryGet();
      if (item === undefined) throw new Error('a key was lost');
      runs.push(item.key);
      queue.done(item.key);
      await clock.advance(1000);
    }
    // Every second one from then on: the high ones keep half of the runs.
    expect(runs.indexOf('low 1')).toBe(31);
    expect(runs.indexOf('low 2')).toBe(33);
  });

  it('W31e high keys get every other run while a flood of low ones is overdue', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock, ageingMs: 1000 });
    for (let n = 0; n < 10; n++) queue.add(`low ${n}`, { priority: -1 });
    await clock.advance(2000);
    for (let n = 0; n < 3; n++) queue.add(`high ${n}`, { priority: 1 });
    const order = takeAll(queue);
    expect(order.slice(0, 6)).toEqual(['low 0', 'high 0', 'low 1', 'high 1', 'low 2', 'high 2']);
    expect(order).toHaveLength(13);
  });

  it('W31e can be switched off', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock, ageingMs: Infinity });
    queue.add('low', { priority: -1 });
    await clock.advance(1e9);
    queue.add('high');
    expect(takeAll(queue)).toEqual(['high', 'low']);
  });

  it('stays correct with more priorities than are kept for reuse', () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 1000; n++) queue.add(`k${n}`, { priority: (n * 7919) % 1000 });
      const taken = takeAll(queue).map((key) => (Number(key.slice(1)) * 7919) % 1000);
      expect(taken).toEqual(Array.from({ length: 1000 }, (_, n) => 999 - n));
    }
  });
});
