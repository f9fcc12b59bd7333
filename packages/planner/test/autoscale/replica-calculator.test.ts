import { describe, expect, it } from 'vitest';

import type { InstanceSample, MetricGoal } from '../../src/autoscale/metric-sample.js';
import { replicasForAverage, replicasForInstances, replicasForValue } from '../../src/autoscale/replica-calculator.js';

const tolerance = { up: 0.1, down: 0.1 };

/** Goal of a percentage, for which an instance without a figure counts as fully used. */
function percent(target: number): MetricGoal {
  return { target, missingWhenScalingDown: Math.max(100, target), tolerance };
}

/** Goal of a plain value. */
function plain(target: number): MetricGoal {
  return { target, missingWhenScalingDown: target, tolerance };
}

/** `50` ready with that figure; `u50` unready; `-` ready without a figure; `x50` ignored. */
function samples(text: string): InstanceSample[] {
  return text.split(' ').map((word) => {
    const number = Number(word.replace(/^[ux]/, ''));
    const state = word.startsWith('u') ? 'unready' : word.startsWith('x') ? 'ignored' : 'ready';
    return word === '-' || Number.isNaN(number) || word === 'u' ? { state } : { state, value: number };
  });
}

// The expectations of Kubernetes' replica calculator, figures as percent of the request.
describe('replicasForInstances with percentages', () => {
  it.each<[string, number, string, number, number]>([
    ['scales up', 3, '30 50 70', 30, 5],
    ['scales up less with an unready instance', 3, 'u30 50 70', 30, 4],
    ['does not scale up when unready ones could take the load', 3, '40 u50 u70', 30, 3],
    ['leaves out failed instances on the way up', 2, '50 70 x x', 30, 4],
    ['leaves out instances being deleted, with figures', 2, '50 70 x90 x90', 30, 4],
    ['scales down', 5, '10 30 50 25 25', 50, 3],
    ['counts only ready ones on the way down', 5, '10 30 50 u25 u25', 50, 2],
    ['scales down to the one that is ready', 5, '10 u u u u', 50, 1],
    ['leaves out failed instances on the way down', 5, '10 30 50 25 25 x x', 50, 3],
    ['stays within the tolerance', 3, '112 103 93', 100, 3],
    ['stays at the upper edge of the tolerance', 2, '110 110', 100, 2],
    ['moves just beyond the upper edge', 2, '111 111', 100, 3],
    ['stays at the lower edge', 10, '90 90 90 90 90 90 90 90 90 90', 100, 10],
    ['moves just beyond the lower edge', 10, '89 89 89 89 89 89 89 89 89 89', 100, 9],
    ['makes a large jump', 4, '400 950 300 700', 100, 24],
    ['counts missing ones as full before scaling down', 4, '40 9.5 - -', 100, 3],
    ['does not move when the only figure is on target', 2, '100 -', 100, 2],
    ['does not scale up when the missing could be idle', 2, '190 -', 100, 2],
    ['does not scale down when the missing could be full', 2, '60 -', 100, 2],
    ['does not turn around because of a missing one', 3, 'u10 45 -', 50, 3],
    ['scales up less with missing and unready ones', 3, 'u 200 -', 50, 4],
    ['scales down less with missing and unready ones', 4, 'u10 10 10 -', 50, 3],
    ['ignores unready ones on the way down with missing ones', 5, 'u90 u90 10 10 -', 50, 3],
    ['takes a target above one hundred', 2, '300 300', 150, 4],
    ['counts a missing one at the target above one hundred', 3, '75 75 -', 150, 2],
    ['an idle service shrinks to nothing', 3, '0 0 0', 50, 0],
    ['one instance doubles', 1, '100', 50, 2],
    ['dust of floating point adds no instance', 3, '70 70 70', 30, 7],
    ['thirds add up', 3, '33.3333333333 33.3333333333 33.3333333334', 100, 1],
    [
      'a hundred instances follow one percent of overload beyond the tolerance',
      100,
      Array(100).fill('112').join(' '),
      100,
      112,
    ],
  ])('%s', (_title, current, figures, target, expected) => {
    expect(replicasForInstances(current, samples(figures), percent(target))?.replicas).toBe(expected);
  });

  it('gives the mean of what it could read', () => {
    expect(replicasForInstances(3, samples('30 50 70'), percent(30))?.mean).toBe(50);
    expect(replicasForInstances(4, samples('40 9.5 - -'), percent(100))?.mean).toBeCloseTo(24.75);
  });

  it.each(['-', '- -', 'u50', 'x50', 'u - x'])('says nothing of %s', (figures) => {
    expect(replicasForInstances(3, samples(figures), percent(50))).toBeUndefined();
  });
});

describe('replicasForInstances with plain values', () => {
  it.each<[string, number, string, number, number]>([
    ['scales up', 3, '20000 10000 30000', 15_000, 4],
    ['scales down', 5, '12000 12000 12000 12000 12000', 20_000, 3],
    ['stays within the tolerance', 3, '20000 21000 21000', 20_000, 3],
    ['scales up by one', 3, '30000 40000 50000', 30_000, 4],
    ['counts a missing one at the target before scaling down', 4, '10 10 10 -', 20, 3],
    ['counts a missing one as idle before scaling up', 3, '30 30 -', 15, 4],
    ['stays where the missing one takes the reason away', 2, '29 -', 15, 2],
    ['doubles', 2, '30 30', 15, 4],
  ])('%s', (_title, current, figures, target, expected) => {
    expect(replicasForInstances(current, samples(figures), plain(target))?.replicas).toBe(expected);
  });
});

describe('replicasForValue', () => {
  it.each<[string, number, number, number, number, number]>([
    ['scales up', 1, 1, 8600, 4400, 2],
    ['scales down', 5, 5, 8600, 14_334, 3],
    ['stays within the tolerance', 3, 3, 8600, 8888, 3],
    ['counts ready instances only', 6, 3, 8600, 4300, 6],
    ['takes none away for too much load while hardly any is ready', 6, 1, 8600, 4300, 6],
    ['takes none away for too much load while none is ready', 6, 0, 8600, 4300, 6],
    ['wakes up from zero', 0, 0, 10, 5, 2],
    ['stays at zero without load', 0, 0, 0, 5, 0],
    ['goes to zero without load', 3, 3, 0, 5, 0],
  ])('%s', (_title, current, ready, value, target, expected) => {
    expect(replicasForValue(current, ready, value, plain(target)).replicas).toBe(expected);
  });
});

describe('replicasForAverage', () => {
  it.each<[string, number, number, number, number]>([
    ['scales up', 3, 8600, 2150, 4],
    ['scales down', 5, 8600, 2867, 3],
    ['stays within the tolerance', 4, 8600, 2200, 4],
    ['wakes up from zero', 0, 8600, 2150, 4],
    ['stays at zero without load', 0, 0, 2150, 0],
    ['goes to zero without load', 2, 0, 2150, 0],
    ['one beyond the tolerance', 4, 10_000, 2200, 5],
  ])('%s', (_title, current, value, target, expected) => {
    expect(replicasForAverage(current, value, plain(target)).replicas).toBe(expected);
  });
});
