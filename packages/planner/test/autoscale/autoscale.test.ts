import type { ECSMHpaSpec, ScalingPolicy } from '@ecsm/api-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { autoscale, type AutoscaleDecision } from '../../src/autoscale/autoscale.js';
import {
  beginScaleHistory,
  withScaleEvent,
  type Recommendation,
  type ScaleEvent,
  type ScaleHistory,
} from '../../src/autoscale/scale-history.js';
import {
  limitReplicas,
  resolveBehavior,
  scaleDownLimit,
  scaleUpLimit,
  stabilize,
} from '../../src/autoscale/scaling-behavior.js';

const second = 1000;
const now = 1_000 * second;
const ago = (seconds: number): number => now - seconds * second;

function spec(extra: Partial<ECSMHpaSpec> = {}): ECSMHpaSpec {
  return { scaleTargetRef: { kind: 'ECSMService', name: 'web' }, minReplicas: 1, maxReplicas: 100, ...extra };
}

describe('rates', () => {
  const pods = (value: number, periodSeconds = 60) => ({ type: 'Pods', value, periodSeconds }) as const;
  const percent = (value: number, periodSeconds = 60) => ({ type: 'Percent', value, periodSeconds }) as const;
  const rules = (policies: readonly ScalingPolicy[], selectPolicy: 'Max' | 'Min' | 'Disabled' = 'Max') => ({
    stabilizationWindowMs: 0,
    selectPolicy,
    policies,
  });
  const up = (change: number, seconds: number): ScaleEvent => ({ atMs: ago(seconds), change });

  it.each<[string, number, ReturnType<typeof rules>, readonly ScaleEvent[], number]>([
    ['a number per period', 10, rules([pods(4)]), [], 14],
    ['a percentage per period', 10, rules([percent(50)]), [], 15],
    ['a percentage rounds up', 3, rules([percent(10)]), [], 4],
    ['the more generous policy', 10, rules([pods(4), percent(100)]), [], 20],
    ['the stricter policy with Min', 10, rules([pods(4), percent(100)], 'Min'), [], 14],
    ['nothing when disabled', 10, rules([pods(4)], 'Disabled'), [], 10],
    ['less after an earlier change in the period', 12, rules([pods(4)]), [up(2, 30)], 14],
    ['nothing once the period is used up', 14, rules([pods(4)]), [up(4, 30)], 14],
    ['everything again after the period', 14, rules([pods(4)]), [up(4, 61)], 18],
    ['the start of the period counts for a percentage', 15, rules([percent(100)]), [up(5, 10)], 20],
    ['what was taken in the period counts too', 8, rules([pods(4)]), [up(-2, 10)], 14],
    ['each policy has its own period', 14, rules([pods(4, 10), percent(50, 60)]), [up(4, 30)], 18],
  ])('up: %s', (_title, current, policy, events, expected) => {
    expect(scaleUpLimit(current, policy, { events }, now)).toBe(expected);
  });

  it.each<[string, number, ReturnType<typeof rules>, readonly ScaleEvent[], number]>([
    ['a number per period', 10, rules([pods(4)]), [], 6],
    ['a percentage per period', 10, rules([percent(30)]), [], 7],
    ['a percentage rounds down', 9, rules([percent(50)]), [], 4],
    ['the more generous policy', 10, rules([pods(4), percent(50)]), [], 5],
    ['the stricter policy with Min', 10, rules([pods(4), percent(50)], 'Min'), [], 6],
    ['nothing when disabled', 10, rules([percent(100)], 'Disabled'), [], 10],
    ['everything at once', 10, rules([percent(100)]), [], 0],
    ['never below nothing', 2, rules([pods(4)]), [], 0],
    ['less after an earlier change in the period', 8, rules([pods(4)]), [up(-2, 30)], 6],
    ['nothing once the period is used up', 6, rules([pods(4)]), [up(-4, 30)], 6],
    ['everything again after the period', 6, rules([pods(4)]), [up(-4, 61)], 2],
  ])('down: %s', (_title, current, policy, events, expected) => {
    expect(scaleDownLimit(current, policy, { events }, now)).toBe(expected);
  });

  it('a percentage is exact where it comes to whole instances, whatever floating point makes of its parts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 100 }), (hundreds, percents) => {
        const [current, value, part] = [100 * hundreds, percents, hundreds * percents];
        expect(scaleUpLimit(current, rules([percent(value)]), { events: [] }, now)).toBe(current + part);
        expect(scaleDownLimit(current, rules([percent(value)]), { events: [] }, now)).toBe(current - part);
      }),
      { seed: 7 },
    );
  });
});

describe('after a restart', () => {
  const policies = [
    { type: 'Pods', value: 4, periodSeconds: 60 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ] as const;
  const rules = { stabilizationWindowMs: 0, selectPolicy: 'Max', policies } as const;

  it.each<[string, number, number, number]>([
    ['nothing is allowed at once', 0, 10, 10],
    ['nothing before a period has been seen', 14, 10, 10],
    ['a policy is back when its period has been seen', 15, 20, 0],
    ['all are back after the longest period', 60, 20, 0],
  ])('%s', (_title, seconds, most, fewest) => {
    const changes = { events: [], knownSinceMs: ago(seconds) };
    expect(scaleUpLimit(10, rules, changes, now)).toBe(most);
    expect(scaleDownLimit(10, rules, changes, now)).toBe(fewest);
  });

  it('the strictest policy rules with Min', () => {
    const changes = { events: [], knownSinceMs: ago(30) };
    expect(scaleUpLimit(10, { ...rules, selectPolicy: 'Min' }, changes, now)).toBe(10);
  });

  it('the present number counts as asked for, so that nothing goes before a window has been seen', () => {
    const history = beginScaleHistory(10, now, true);
    const decide = (nowMs: number) =>
      autoscale({ spec: spec(), current: 10, proposals: [{ replicas: 2, mean: 0 }], history, nowMs });
    expect(decide(now + 299_000)).toMatchObject({ replicas: 10, stabilized: 'ScaleDownStabilized' });
    expect(decide(now + 300_000).replicas).toBe(2);
  });
});

describe('stabilisation', () => {
  const asked = (replicas: number, seconds: number): Recommendation => ({ atMs: ago(seconds), replicas });
  const windows = (upSeconds: number, downSeconds: number) =>
    resolveBehavior({
      scaleUp: { stabilizationWindowSeconds: upSeconds },
      scaleDown: { stabilizationWindowSeconds: downSeconds },
    });

  it.each<[string, number, number, readonly Recommendation[], [number, number], number]>([
    ['up at once without a window', 5, 8, [asked(5, 10)], [0, 300], 8],
    ['down waits while the window remembers more', 10, 5, [asked(10, 100)], [0, 300], 10],
    ['down to the most of the window', 10, 5, [asked(8, 100), asked(7, 50)], [0, 300], 8],
    ['down once the window has passed', 10, 5, [asked(10, 301)], [0, 300], 5],
    ['up only as far as all of the window agree', 5, 10, [asked(7, 30)], [60, 0], 7],
    ['up not at all when somebody in the window wanted less', 5, 10, [asked(4, 30)], [60, 0], 5],
    ['down at once without a window', 10, 5, [asked(10, 1)], [0, 0], 5],
    ['no history', 5, 9, [], [60, 300], 9],
  ])('%s', (_title, current, recommended, history, [upSeconds, downSeconds], expected) => {
    expect(stabilize(current, recommended, history, windows(upSeconds, downSeconds), now)).toBe(expected);
  });
});

describe('limits', () => {
  const limit = (current: number, stabilized: number, min: number, max: number, events: readonly ScaleEvent[] = []) =>
    limitReplicas({
      current,
      stabilized,
      min,
      max,
      changes: { events },
      nowMs: now,
      behavior: resolveBehavior(undefined),
    });

  it.each<[string, ReturnType<typeof limit>, number, string]>([
    ['within', limit(5, 6, 1, 10), 6, 'DesiredWithinRange'],
    ['unchanged', limit(5, 5, 1, 10), 5, 'DesiredWithinRange'],
    ['at most the maximum', limit(8, 12, 1, 10), 10, 'TooManyReplicas'],
    ['at least the minimum', limit(5, 1, 3, 10), 3, 'TooFewReplicas'],
    ['at most the double', limit(10, 40, 1, 100), 20, 'ScaleUpLimit'],
    ['at most four more when small', limit(1, 40, 1, 100), 5, 'ScaleUpLimit'],
    ['never down because the rate is used up', limit(9, 12, 1, 100, [{ atMs: ago(5), change: 8 }]), 9, 'ScaleUpLimit'],
  ])('%s', (_title, found, replicas, reason) => {
    expect(found).toEqual({ replicas, limit: reason });
  });
});

const nothing: ScaleHistory = { recommendations: [], events: [] };

describe('autoscale', () => {
  const decide = (
    current: number,
    replicas: readonly (number | undefined)[],
    extra: Partial<ECSMHpaSpec> = {},
  ): AutoscaleDecision =>
    autoscale({
      spec: spec(extra),
      current,
      proposals: replicas.map((each) => (each === undefined ? undefined : { replicas: each, mean: 0 })),
      history: nothing,
      nowMs: now,
    });

  it('takes the largest proposal', () => {
    expect(decide(3, [4, 5, 2]).replicas).toBe(5);
  });

  it('scales up although a metric is missing, and never down then', () => {
    expect(decide(3, [5, undefined]).replicas).toBe(5);
    expect(decide(3, [1, undefined])).toMatchObject({ replicas: 3, idle: 'noMetrics' });
    expect(decide(3, [undefined])).toMatchObject({ replicas: 3, idle: 'noMetrics' });
  });

  it('leaves a target alone that was scaled to zero by hand', () => {
    expect(decide(0, [5])).toMatchObject({ replicas: 0, idle: 'disabled' });
    expect(decide(0, [2], { minReplicas: 0 }).replicas).toBe(2);
  });

  it('brings a target within its bounds without asking', () => {
    expect(decide(50, [undefined], { maxReplicas: 10 })).toMatchObject({ replicas: 10, limit: 'TooManyReplicas' });
    expect(decide(1, [undefined], { minReplicas: 3 })).toMatchObject({ replicas: 3, limit: 'TooFewReplicas' });
  });

  it('says when a window holds it back', () => {
    const first = decide(10, [10]);
    const second = autoscale({
      spec: spec(),
      current: 10,
      proposals: [{ replicas: 4, mean: 0 }],
      history: first.history,
      nowMs: now + 15_000,
    });
    expect(second).toMatchObject({
      replicas: 10,
      recommended: 4,
      stabilized: 'ScaleDownStabilized',
      limit: 'DesiredWithinRange',
    });
    const later = autoscale({
      spec: spec(),
      current: 10,
      proposals: [{ replicas: 4, mean: 0 }],
      history: second.history,
      nowMs: now + 301_000,
    });
    expect(later.replicas).toBe(4);
  });

  it('never leaves its bounds, never goes down within the window of a higher recommendation, and remembers a bounded history', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 })), {
          minLength: 1,
          maxLength: 60,
        }),
        (min, span, steps) => {
          const bounds = { minReplicas: min, maxReplicas: min + span };
          let current = min;
          let history = nothing;
          let nowMs = 0;
          const asked: Recommendation[] = [];
          for (const [seconds, replicas] of steps) {
            nowMs += seconds * second;
            const decision = autoscale({
              spec: spec(bounds),
              current,
              proposals: [{ replicas, mean: 0 }],
              history,
              nowMs,
            });
            asked.push({ atMs: nowMs, replicas });
            expect(decision.replicas).toBeGreaterThanOrEqual(min);
            expect(decision.replicas).toBeLessThanOrEqual(min + span);
            const most = Math.max(...asked.filter(({ atMs }) => atMs > nowMs - 300_000).map((each) => each.replicas));
            if (decision.replicas < current)
              expect(decision.replicas).toBeGreaterThanOrEqual(
                Math.min(current, Math.max(min, Math.min(most, min + span))),
              );
            expect(decision.history.recommendations.every(({ atMs }) => atMs > nowMs - 300_000)).toBe(true);
            history = withScaleEvent(decision.history, decision.replicas - current, resolveBehavior(undefined), nowMs);
            current = decision.replicas;
          }
        },
      ),
      { seed: 7 },
    );
  });
});
