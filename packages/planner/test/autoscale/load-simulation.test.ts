import type { ECSMHpaSpec } from '@ecsm/api-types';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { autoscale } from '../../src/autoscale/autoscale.js';
import { replicasForInstances } from '../../src/autoscale/replica-calculator.js';
import { beginScaleHistory, withScaleEvent, type ScaleHistory } from '../../src/autoscale/scale-history.js';
import { resolveBehavior } from '../../src/autoscale/scaling-behavior.js';

const periodMs = 15_000;
const dayMs = 86_400_000;
const tolerance = { up: 0.1, down: 0.1 };

/** A load over days: a daily swell, faster waves, and noise. */
interface Course {
  readonly mean: number;
  readonly day: number;
  readonly wave: number;
  readonly waveMs: number;
  readonly noise: number;
}

function loadAt({ mean, day, wave, waveMs, noise }: Course, ms: number): number {
  const turn = (period: number): number => Math.sin((2 * Math.PI * ms) / period);
  const unrest = noise * (((ms / periodMs) * 7919) % 13 > 6 ? 1 : -1);
  return Math.max(0, mean * (1 + day * turn(dayMs)) * (1 + wave * turn(waveMs)) * (1 + unrest));
}

describe('days of load', () => {
  it('never break the bounds, flap within the window, or go faster than the policy, also across restarts', () => {
    const share = fc.integer({ min: 0, max: 90 }).map((percent) => percent / 100);
    const course = fc.record({
      mean: fc.integer({ min: 20, max: 600 }),
      day: share,
      wave: share,
      waveMs: fc.integer({ min: 2, max: 240 }).map((minutes) => minutes * 60_000),
      noise: share.map((value) => value / 10),
    });
    const restarts = fc.uniqueArray(fc.integer({ min: 0, max: 2 * dayMs }), { maxLength: 8 });
    fc.assert(
      fc.property(
        course,
        restarts,
        fc.integer({ min: 20, max: 80 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(0, 60, 300, 900),
        fc.constantFrom(
          { value: 1, periodSeconds: 60 },
          { value: 3, periodSeconds: 15 },
          { value: 4, periodSeconds: 300 },
        ),
        (load, crashes, target, min, span, windowSeconds, policy) => {
          const max = min + span;
          const behavior: NonNullable<ECSMHpaSpec['behavior']> = {
            scaleUp: { policies: [{ type: 'Pods', ...policy }] },
            scaleDown: { stabilizationWindowSeconds: windowSeconds },
          };
          const spec: ECSMHpaSpec = {
            scaleTargetRef: { kind: 'ECSMService', name: 'web' },
            minReplicas: min,
            maxReplicas: max,
            behavior,
          };
          let current = min;
          let history: ScaleHistory = beginScaleHistory(current, 0, false);
          const changes: { readonly atMs: number; readonly to: number; readonly change: number }[] = [];
          for (let nowMs = 0; nowMs < 2 * dayMs; nowMs += periodMs) {
            const crashed = crashes.some((atMs) => atMs >= nowMs - periodMs && atMs < nowMs);
            if (crashed) history = beginScaleHistory(current, nowMs, true);
            const use = Math.min(100, loadAt(load, nowMs) / current);
            const samples = Array.from({ length: current }, () => ({ state: 'ready', value: use }) as const);
            const proposal = replicasForInstances(current, samples, { target, missingWhenScalingDown: 100, tolerance });
            const decision = autoscale({ spec, current, proposals: [proposal], history, nowMs });
            history = decision.history;
            const change = decision.replicas - current;
            if (change === 0) continue;
            const recent = (ms: number) => changes.filter(({ atMs }) => atMs > nowMs - ms);
            expect(decision.replicas).toBeGreaterThanOrEqual(min);
            expect(decision.replicas).toBeLessThanOrEqual(max);
            if (change < 0) {
              const ups = recent(windowSeconds * 1000).filter((each) => each.change > 0);
              expect(decision.replicas).toBeGreaterThanOrEqual(Math.max(0, ...ups.map(({ to }) => to)));
            } else {
              const sum = recent(policy.periodSeconds * 1000).reduce((total, each) => total + each.change, change);
              expect(sum).toBeLessThanOrEqual(policy.value);
            }
            changes.push({ atMs: nowMs, to: decision.replicas, change });
            history = withScaleEvent(history, change, resolveBehavior(behavior), nowMs);
            current = decision.replicas;
          }
          expect(history.recommendations.length).toBeLessThanOrEqual(900_000 / periodMs + 1);
          expect(history.events.length).toBeLessThanOrEqual(60);
        },
      ),
      { seed: 42, numRuns: 20 },
    );
  });
});
