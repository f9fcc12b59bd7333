import { ManualClock } from '@ecsm/api-types/testing';
import {
  ExponentialRateLimiter,
  FastSlowRateLimiter,
  MaxOfRateLimiter,
  MaxWaitRateLimiter,
  TokenBucketRateLimiter,
  WorkQueue,
  type RateLimiter,
} from '@ecsm/workqueue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { takeAll } from './helpers/take-all.js';

function delays(limiter: RateLimiter, key: string, count: number): number[] {
  return Array.from({ length: count }, () => limiter.when(key));
}

describe('ExponentialRateLimiter', () => {
  it('W25 doubles the delay of each key on its own, counts its failures, and starts over once forgotten', () => {
    const limiter = new ExponentialRateLimiter({ baseMs: 1, maxMs: 1000 });
    expect(delays(limiter, 'one', 5)).toEqual([1, 2, 4, 8, 16]);
    expect(limiter.retries('one')).toBe(5);
    expect(delays(limiter, 'two', 2)).toEqual([1, 2]);
    expect(limiter.retries('two')).toBe(2);
    limiter.forget('one');
    expect(limiter.retries('one')).toBe(0);
    expect(limiter.when('one')).toBe(1);
    expect(limiter.retries('two')).toBe(2);
  });

  it('W26 never overflows: after any number of failures the delay is the limit', () => {
    const limiter = new ExponentialRateLimiter({ baseMs: 1, maxMs: 1000 });
    for (let failures = 1; failures <= 2048; failures++) {
      const delayMs = limiter.when('one');
      if (delayMs !== Math.min(2 ** (failures - 1), 1000)) throw new Error(`after ${failures} failures: ${delayMs} ms`);
    }
    expect(limiter.retries('one')).toBe(2048);
  });

  it('keeps the jitter within its share', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(100), (random, failures) => {
        const plain = new ExponentialRateLimiter({ baseMs: 5, maxMs: 1000 });
        const jittered = new ExponentialRateLimiter({ baseMs: 5, maxMs: 1000, jitter: 0.2, random: () => random });
        for (let n = 0; n < failures; n++) {
          plain.when('a');
          jittered.when('a');
        }
        const full = plain.when('a');
        const delayMs = jittered.when('a');
        expect(delayMs).toBeLessThanOrEqual(full);
        expect(delayMs).toBeGreaterThan(full * 0.8 - 1e-9);
      }),
      { seed: 4 },
    );
  });

  it('refuses options that would stop or flood the queue', () => {
    expect(() => new ExponentialRateLimiter({ baseMs: 0 })).toThrow(RangeError);
    expect(() => new MaxWaitRateLimiter(new ExponentialRateLimiter(), Number.NaN)).toThrow(RangeError);
    expect(() => new ExponentialRateLimiter({ baseMs: 10, maxMs: 5 })).toThrow('at least baseMs (10), got 5');
    expect(() => new ExponentialRateLimiter({ maxMs: Infinity })).toThrow(RangeError);
    expect(() => new ExponentialRateLimiter({ jitter: 2 })).toThrow(RangeError);
  });
});

describe('other rate limiters', () => {
  it('W27 FastSlow gives the first failures the fast delay and all later ones the slow one', () => {
    const limiter = new FastSlowRateLimiter({ fastMs: 5, slowMs: 10_000, fastAttempts: 3 });
    expect(delays(limiter, 'one', 5)).toEqual([5, 5, 5, 10_000, 10_000]);
    expect(delays(limiter, 'two', 1)).toEqual([5]);
    expect(limiter.retries('one')).toBe(5);
    limiter.forget('one');
    expect(limiter.retries('one')).toBe(0);
    expect(delays(limiter, 'one', 4)).toEqual([5, 5, 5, 10_000]);
  });

  it('W28 MaxOf takes the longest delay and passes forget and retries to all parts', () => {
    const fastSlow = new FastSlowRateLimiter({ fastMs: 5, slowMs: 3000, fastAttempts: 3 });
    const exponential = new ExponentialRateLimiter({ baseMs: 1, maxMs: 1000 });
    const limiter = new MaxOfRateLimiter(fastSlow, exponential);
    expect(delays(limiter, 'one', 5)).toEqual([5, 5, 5, 3000, 3000]);
    expect(limiter.retries('one')).toBe(5);
    fastSlow.forget('one');
    expect(limiter.retries('one')).toBe(5);
    limiter.forget('one');
    expect([fastSlow.retries('one'), exponential.retries('one'), limiter.retries('one')]).toEqual([0, 0, 0]);
    expect(new MaxOfRateLimiter().when('one')).toBe(0);
  });

  it('W28 MaxWait limits the delays of another limiter', () => {
    const limiter = new MaxWaitRateLimiter(new ExponentialRateLimiter({ baseMs: 1, maxMs: 1000 }), 6);
    expect(delays(limiter, 'one', 5)).toEqual([1, 2, 4, 6, 6]);
    expect(limiter.retries('one')).toBe(5);
    limiter.forget('one');
    expect([limiter.retries('one'), limiter.when('one')]).toEqual([0, 1]);
  });

  it('TokenBucket lets a burst through and then a steady rate, for all keys together', async () => {
    const clock = new ManualClock();
    const limiter = new TokenBucketRateLimiter({ perSecond: 10, burst: 3, clock });
    const next = (): number => Math.round(limiter.when());
    expect([next(), next(), next(), next(), next()]).toEqual([0, 0, 0, 100, 200]);
    await clock.advance(250);
    expect([next(), next()]).toEqual([50, 150]);
    await clock.advance(60_000);
    expect([next(), next(), next(), next()]).toEqual([0, 0, 0, 100]);
    limiter.forget();
    expect(limiter.retries()).toBe(0);
    expect(() => new TokenBucketRateLimiter({ perSecond: 0 })).toThrow(RangeError);
    expect(() => new TokenBucketRateLimiter({ burst: 0 })).toThrow(RangeError);
  });
});

describe('failed runs', () => {
  it('W29 several keys added with rate limit get each their own delay', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock, rateLimiter: new ExponentialRateLimiter() });
    for (let n = 0; n < 7; n++) queue.addRateLimited('old');
    const delaysMs = ['old', 'new', 'other'].map((key) => queue.addRateLimited(key));
    expect(delaysMs).toEqual([640, 5, 5]);
    await clock.advance(5);
    // The old key keeps the soonest of its delays, which is its first.
    expect(takeAll(queue)).toEqual(['old', 'new', 'other']);
  });

  it('W30 triggers from outside may run a key at once, but never change its failure count or next delay', async () => {
    const clock = new ManualClock();
    const queue = new WorkQueue({ clock, rateLimiter: new ExponentialRateLimiter({ baseMs: 10 }) });
    const failOnce = (): number => {
      expect(queue.tryGet()?.key).toBe('a');
      const delayMs = queue.addRateLimited('a');
      queue.done('a');
      return delayMs;
    };
    queue.add('a');
    expect(failOnce()).toBe(10);
    await clock.advance(10);
    expect(failOnce()).toBe(20);
    for (let n = 0; n < 100; n++) queue.add('a');
    expect(queue.retries('a')).toBe(2);
    expect(queue.length).toBe(1);
    expect(failOnce()).toBe(40);
    await clock.advance(40);
    expect(queue.tryGet()).toEqual({ key: 'a', priority: 0, retries: 3 });
    queue.forget('a');
    queue.done('a');
    expect(queue.retries('a')).toBe(0);
  });

  it('uses exponential delays and an overall limit unless told otherwise', () => {
    const queue = new WorkQueue({ clock: new ManualClock() });
    expect([1, 2, 3].map(() => queue.addRateLimited('a'))).toEqual([5, 10, 20]);
    for (let n = 0; n < 97; n++) queue.addRateLimited(String(n));
    // The burst of 100 is used up: from here on 10 a second.
    expect(queue.addRateLimited('one more')).toBeCloseTo(100);
    expect(queue.addRateLimited('and another')).toBeCloseTo(200);
  });
});
