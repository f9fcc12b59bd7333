import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { ManualClock } from '@ecsm/api-types/testing';
import { WorkQueue } from '@ecsm/workqueue';
import { describe, expect, it } from 'vitest';

import { settle, stateOf } from './helpers/turns.js';
import { takeAll } from './helpers/take-all.js';

function newQueue(): WorkQueue {
  return new WorkQueue({ clock: new ManualClock() });
}

describe('a queue of keys', () => {
  it('W1 hands out different keys in the order they were added, and is empty when all are done', async () => {
    const queue = newQueue();
    queue.add('a');
    queue.add('b');
    expect(queue.length).toBe(2);
    expect((await queue.get())?.key).toBe('a');
    expect((await queue.get())?.key).toBe('b');
    queue.done('a');
    queue.done('b');
    expect(queue.length).toBe(0);
    expect(queue.running).toBe(0);
  });

  it('W2 delivers a key once that was added several times while it waited', () => {
    const queue = newQueue();
    queue.add('a');
    queue.add('b');
    for (let n = 0; n < 5; n++) queue.add('a');
    expect(queue.length).toBe(2);
    expect(takeAll(queue)).toEqual(['a', 'b']);
  });

  it('W3 does not hand a running key to a second worker, and hands it out once more after its run', async () => {
    const queue = newQueue();
    queue.add('a');
    await queue.get();
    queue.add('a');
    expect(queue.length).toBe(0);
    const second = queue.get();
    expect(await stateOf(second)).toEqual({ pending: true });
    queue.done('a');
    expect((await second)?.key).toBe('a');
    queue.done('a');
    expect(takeAll(queue)).toEqual([]);
  });

  it('W4 runs a key once more however often it was added during its run', () => {
    const queue = newQueue();
    queue.add('a');
    queue.tryGet();
    for (let n = 0; n < 5; n++) queue.add('a');
    queue.done('a');
    expect(queue.length).toBe(1);
    expect(takeAll(queue)).toEqual(['a']);
    expect(queue.length).toBe(0);
  });

  it('W5 delivers a key again that was added from inside its own run, and not when it was not', () => {
    const queue = newQueue();
    queue.add('a');
    queue.tryGet();
    queue.add('a');
    queue.done('a');
    expect(queue.tryGet()?.key).toBe('a');
    queue.done('a');
    expect(queue.tryGet()).toBeUndefined();
  });

  it('W7 takes nothing after shutdown, still delivers what waits, then tells workers to end', async () => {
    const queue = newQueue();
    queue.add('waits');
    queue.add('runs');
    expect((await queue.get())?.key).toBe('waits');
    queue.shutdown();
    queue.add('late');
    queue.add('late and delayed', { afterMs: 10 });
    expect(queue.addRateLimited('late and failed')).toBe(Infinity);
    expect(queue.retries('late and failed')).toBe(0);
    expect((await queue.get())?.key).toBe('runs');
    // Although two keys are still running.
    expect(await queue.get()).toBeUndefined();
    expect(queue.delayed).toBe(0);
    expect(queue.closed).toBe(true);
  });

  it('W8 wakes every blocked worker on shutdown', async () => {
    const queue = newQueue();
    const workers = Array.from({ length: 100 }, () => queue.get());
    await settle();
    queue.shutdown();
    expect(await Promise.all(workers)).toEqual(Array.from({ length: 100 }, () => undefined));
  });

  it('W8 hands out what was added in the same step before it tells the rest to end', async () => {
    const queue = newQueue();
    const workers = [queue.get(), queue.get(), queue.get()];
    queue.add('a');
    queue.add('b');
    queue.shutdown();
    expect((await Promise.all(workers)).map((item) => item?.key)).toEqual(['a', 'b', undefined]);
  });

  it('W9 drains: resolves only when every running key is done', async () => {
    const queue = newQueue();
    queue.add('a');
    queue.add('b');
    queue.tryGet();
    queue.tryGet();
    const drained = queue.drain();
    queue.done('a');
    expect(await stateOf(drained)).toEqual({ pending: true });
    queue.done('b');
    await drained;
  });

  it('W9 drains keys that still wait, too', async () => {
    const queue = newQueue();
    queue.add('a');
    const drained = queue.drain();
    expect(await stateOf(drained)).toEqual({ pending: true });
    expect(takeAll(queue)).toEqual(['a']);
    await drained;
  });

  it('W10 ends the wait of a drain at once on a plain shutdown', async () => {
    const queue = newQueue();
    queue.add('a');
    queue.tryGet();
    const drained = queue.drain();
    expect(await stateOf(drained)).toEqual({ pending: true });
    queue.shutdown();
    await drained;
    expect(queue.running).toBe(1);
  });

  it('W11 drains a key that was added again during its run: the second run has to end, too', async () => {
    const queue = newQueue();
    queue.add('a');
    queue.tryGet();
    queue.add('a');
    const drained = queue.drain();
    queue.done('a');
    expect(await stateOf(drained)).toEqual({ pending: true });
    expect((await queue.get())?.key).toBe('a');
    expect(await stateOf(drained)).toEqual({ pending: true });
    queue.done('a');
    await drained;
  });

  it('W12 shutdown and drain may be mixed and repeated in any order', async () => {
    const steps = ['shutdown', 'drain', 'dispose'] as const;
    for (const first of steps) {
      for (const second of steps) {
        for (const third of steps) {
          const queue = newQueue();
          queue.add('a');
          queue.tryGet();
          const worker = queue.get();
          const ends: Promise<void>[] = [];
          for (const step of [first, second, third]) {
            if (step === 'shutdown') queue.shutdown();
            else ends.push(step === 'drain' ? queue.drain() : queue[Symbol.asyncDispose]());
          }
          queue.done('a');
          await Promise.all(ends);
          await queue.drain();
          queue.shutdown();
          expect(await worker).toBeUndefined();
          expect(await queue.get()).toBeUndefined();
        }
      }
    }
  });

  it('W13 keeps no reference to a key that is done', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const queue = new WorkQueue<object>({ clock: new ManualClock() });
    const runOne = (options: { readonly afterMs?: number; readonly fails?: boolean }): WeakRef<object> => {
      const key = { large: new Array<number>(1000).fill(1) };
      if (options.afterMs !== undefined) queue.add(key, { afterMs: options.afterMs });
      queue.add(key);
      queue.tryGet();
      if (options.fails === true) {
        queue.addRateLimited(key);
        queue.add(key);
        queue.done(key);
        queue.tryGet();
        queue.forget(key);
      }
      queue.done(key);
      return new WeakRef(key);
    };
    const references = [runOne({}), runOne({ afterMs: 50 }), runOne({ fails: true })];
    // A weak reference keeps its target until the job that made it has ended.
    await settle();
    collectGarbage();
    expect(references.map((reference) => reference.deref())).toEqual([undefined, undefined, undefined]);
  });

  it('W14 ignores done for a key that is not running', () => {
    const queue = newQueue();
    queue.done('never seen');
    queue.add('waits');
    queue.done('waits');
    expect(queue.length).toBe(1);
    queue.add('later', { afterMs: 10 });
    queue.done('later');
    expect(queue.delayed).toBe(1);
    expect(queue.tryGet()?.key).toBe('waits');
    queue.done('waits');
    queue.done('waits');
    expect([queue.length, queue.running, queue.delayed]).toEqual([0, 0, 1]);
  });

  it('compares keys as a Map does', () => {
    const queue = new WorkQueue<unknown>({ clock: new ManualClock() });
    const one = { name: 'web' };
    for (const key of [one, one, { name: 'web' }, NaN, NaN, 0, -0, undefined, undefined]) queue.add(key);
    expect(takeAll(queue)).toEqual([one, { name: 'web' }, NaN, 0, undefined]);
  });

  it('keeps every key right while the memory of a burst is given back', () => {
    const queue = new WorkQueue<number>({ clock: new ManualClock() });
    for (let round = 0; round < 3; round++) {
      for (let key = 0; key < 20_000; key++) queue.add(key, { afterMs: key % 2, priority: key % 3 });
      expect(queue.length + queue.delayed).toBe(20_000);
      for (let key = 0; key < 20_000; key++) queue.add(key);
      expect(takeAll(queue)).toHaveLength(20_000);
      expect([queue.length, queue.delayed, queue.running]).toEqual([0, 0, 0]);
    }
  });
});

describe('waiting for a key', () => {
  it('rejects with the reason of a signal that aborts, and serves the others', async () => {
    const queue = newQueue();
    const controller = new AbortController();
    const reason = new Error('not today');
    const aborted = queue.get({ signal: controller.signal });
    const other = queue.get();
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    queue.add('a');
    expect((await other)?.key).toBe('a');
    await expect(queue.get({ signal: controller.signal })).rejects.toBe(reason);
  });

  it('rejects a drain whose signal aborts and stays shut down', async () => {
    const queue = newQueue();
    queue.add('a');
    queue.tryGet();
    const controller = new AbortController();
    const drained = queue.drain({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(drained).rejects.toThrow('enough');
    await expect(queue.drain({ signal: controller.signal })).rejects.toThrow('enough');
    expect(queue.closed).toBe(true);
  });

  it('names the rule that an argument breaks', () => {
    const queue = newQueue();
    expect(() => queue.add('a', { priority: 1.5 })).toThrow(
      new RangeError('priority must be a 32-bit integer, got 1.5'),
    );
    expect(() => queue.add('a', { afterMs: Number.NaN })).toThrow('afterMs must be a number of milliseconds, got NaN');
    // Added to a time it would be joined to its digits.
    expect(() => queue.add('a', { afterMs: '5' as unknown as number })).toThrow("got '5'");
    expect(() => new WorkQueue({ ageing: 1 } as object)).toThrow(
      'a work queue has no option "ageing": did you mean "ageingMs"?',
    );
    expect(() => new WorkQueue({ ageingMs: -1 })).toThrow(
      new RangeError('ageingMs of a work queue must be a number of at least 0, got -1'),
    );
    expect(queue.length).toBe(0);
  });
});
