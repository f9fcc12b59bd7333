import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DetailRotation } from '../src/platform/detail-rotation.js';

const minuteMs = 60_000;

/** Closer looks in every minute of some, with a look at the list every half minute. */
function perMinute(minutes: number, services: number, pace: Parameters<DetailRotation['take']>[2]): readonly number[] {
  const rotation = new DetailRotation();
  rotation.take(services, 0, pace);
  return Array.from({ length: minutes }, (_, minute) =>
    [0.5, 1].reduce((sum, half) => sum + rotation.take(services, (minute + half) * minuteMs, pace), 0),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

describe('DetailRotation', () => {
  it('gives each of few services one look in ten minutes, or in an hour on a slow link', () => {
    expect(sum(perMinute(10, 1000, { isSlow: false }))).toBe(1000);
    expect(sum(perMinute(60, 1000, { isSlow: true }))).toBe(1000);
    expect(sum(perMinute(10, 3, { isSlow: false }))).toBe(3);
    expect(perMinute(5, 0, { isSlow: false })).toEqual([0, 0, 0, 0, 0]);
  });

  it('gives no more looks than a hundred a minute, however many services there are', () => {
    expect(perMinute(5, 10_000, { isSlow: false })).toEqual([100, 100, 100, 100, 100]);
    expect(perMinute(3, 10_000, { isSlow: false, detailsPerMinute: 7, rotationMs: 1000 })).toEqual([7, 7, 7]);
  });

  it('looks a small system through when it starts, and takes no more of a large one than a minute brings', () => {
    for (const [services, looks] of [
      [3, 3],
      [100, 100],
      [10_000, 100],
    ] as const) {
      const rotation = new DetailRotation();
      expect(rotation.take(services, 0, { isSlow: false })).toBe(looks);
      expect(rotation.take(services, 0, { isSlow: false })).toBe(0);
    }
  });

  it('comes to each service within a round, whichever of them are looked at for other reasons meanwhile', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat(39), { maxLength: 200 }),
        fc.integer({ min: 1000, max: 60_000 }),
        (services, others, pollMs) => {
          const rotation = new DetailRotation();
          // The order in which they were read, with when.
          const readMs = new Map(Array.from({ length: services }, (_, id) => [id, 0]));
          const read = (id: number, nowMs: number): void => {
            readMs.delete(id);
            readMs.set(id, nowMs);
          };
          rotation.take(services, 0, { isSlow: false });
          for (let nowMs = pollMs; nowMs < 2_400_000; nowMs += pollMs) {
            const other = others.pop();
            if (other !== undefined && other < services) read(other, nowMs);
            const due = [...readMs.keys()].slice(0, rotation.take(services, nowMs, { isSlow: false }));
            for (const id of due) read(id, nowMs);
            expect(nowMs - Math.min(...readMs.values())).toBeLessThanOrEqual(600_000 + pollMs);
          }
        },
      ),
      { numRuns: 50, seed: 4 },
    );
  });

  it('never exceeds its limit over any span, and loses no part of a look', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 500 }),
        (pauses, detailsPerMinute) => {
          const rotation = new DetailRotation();
          const pace = { detailsPerMinute, isSlow: false };
          rotation.take(20_000, 0, pace);
          let nowMs = 0;
          let taken = 0;
          for (const pauseMs of pauses) {
            nowMs += pauseMs;
            taken += rotation.take(20_000, nowMs, pace);
            const fair = (nowMs / minuteMs) * detailsPerMinute;
            expect(taken).toBeLessThanOrEqual(fair + 1e-6);
            expect(taken).toBeGreaterThan(fair - 1 - 1e-6);
          }
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  it('leaves no debt for a time in which the platform was not observed', () => {
    const rotation = new DetailRotation();
    rotation.take(1000, 0, { isSlow: false });
    // An outage of hours does not count as observed time; the first look after it finds the same moment.
    expect(rotation.take(1000, 0, { isSlow: false })).toBe(0);
    expect(rotation.take(1000, 30_000, { isSlow: false })).toBe(50);
  });
});
