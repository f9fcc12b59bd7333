import { edit, findCondition, type ECSMHpa, type ECSMHpaStatus } from '@ecsm/api-types';
import { describe, expect, it } from 'vitest';

import type { AutoscaleDecision } from '../../src/autoscale/autoscale.js';
import {
  autoscalerStatus,
  isPressing,
  rescaleReason,
  type AutoscalerLook,
} from '../../src/autoscale/autoscaler-status.js';
import type { MetricReading } from '../../src/autoscale/metric-reading.js';

const nowMs = Date.UTC(2026, 0, 1);
const hpa: ECSMHpa = {
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMHpa',
  metadata: { namespace: 'default', name: 'web', generation: 3 },
  spec: {
    scaleTargetRef: { kind: 'ECSMService', name: 'web' },
    maxReplicas: 5,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
};

function reading(averageUtilization: number): MetricReading {
  return {
    proposal: { replicas: 2, mean: averageUtilization },
    status: { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } },
  };
}

const unread: MetricReading = { failure: { reason: 'FailedGetResourceMetric', message: 'no figures', lasting: false } };

function decision(extra: Partial<AutoscaleDecision> = {}): AutoscaleDecision {
  return {
    replicas: 2,
    recommended: 2,
    limit: 'DesiredWithinRange',
    followed: 0,
    history: { recommendations: [], events: [] },
    ...extra,
  };
}

/** A decision for which no metric was asked. */
function unfollowed(extra: Partial<AutoscaleDecision>): AutoscaleDecision {
  const { replicas, recommended, limit, history } = decision();
  return { replicas, recommended, limit, history, ...extra };
}

function decided(extra: Partial<AutoscaleDecision> = {}, more: object = {}): AutoscalerLook {
  return { type: 'decided', current: 2, decision: decision(extra), readings: [reading(50)], ...more };
}

function withStatus(status: ECSMHpaStatus): ECSMHpa {
  return { ...hpa, status };
}

function told(look: AutoscalerLook, type: string): string {
  const condition = findCondition(autoscalerStatus(hpa, look, nowMs).conditions, type);
  return condition === undefined ? 'none' : `${condition.status} ${condition.reason}`;
}

describe('conditions', () => {
  const idle = (reason: 'disabled' | 'noMetrics', readings = [unread]): AutoscalerLook => ({
    type: 'decided',
    current: 2,
    decision: unfollowed({ idle: reason }),
    readings,
  });

  it.each<[string, AutoscalerLook, string, string, string]>([
    ['all is well', decided(), 'True ReadyForNewScale', 'True ValidMetricFound', 'False DesiredWithinRange'],
    [
      'it has scaled',
      decided({ replicas: 4 }, { rescale: { type: 'done' } }),
      'True SucceededRescale',
      'True ValidMetricFound',
      'False DesiredWithinRange',
    ],
    [
      'it could not scale',
      decided({ replicas: 4 }, { rescale: { type: 'failed', message: 'refused' } }),
      'False FailedUpdateScale',
      'True ValidMetricFound',
      'False DesiredWithinRange',
    ],
    [
      'a window holds it down',
      decided({ stabilized: 'ScaleDownStabilized' }),
      'True ScaleDownStabilized',
      'True ValidMetricFound',
      'False DesiredWithinRange',
    ],
    [
      'a window holds it up',
      decided({ stabilized: 'ScaleUpStabilized' }),
      'True ScaleUpStabilized',
      'True ValidMetricFound',
      'False DesiredWithinRange',
    ],
    [
      'at the top',
      decided({ limit: 'TooManyReplicas' }),
      'True ReadyForNewScale',
      'True ValidMetricFound',
      'True TooManyReplicas',
    ],
    [
      'at the bottom',
      decided({ limit: 'TooFewReplicas' }),
      'True ReadyForNewScale',
      'True ValidMetricFound',
      'True TooFewReplicas',
    ],
    [
      'too fast up',
      decided({ limit: 'ScaleUpLimit' }),
      'True ReadyForNewScale',
      'True ValidMetricFound',
      'True ScaleUpLimit',
    ],
    [
      'too fast down',
      decided({ limit: 'ScaleDownLimit' }),
      'True ReadyForNewScale',
      'True ValidMetricFound',
      'True ScaleDownLimit',
    ],
    ['nothing can be read', idle('noMetrics'), 'True SucceededGetScale', 'False FailedGetResourceMetric', 'none'],
    ['it was scaled to zero', idle('disabled'), 'True SucceededGetScale', 'False ScalingDisabled', 'none'],
    ['there is no target', { type: 'noScale', message: 'gone' }, 'False FailedGetScale', 'none', 'none'],
    ['there are two of them', { type: 'ambiguous', rivals: ['b'] }, 'none', 'False AmbiguousSelector', 'none'],
  ])('say when %s', (_title, look, able, active, limited) => {
    expect(told(look, 'AbleToScale')).toBe(able);
    expect(told(look, 'ScalingActive')).toBe(active);
    expect(told(look, 'ScalingLimited')).toBe(limited);
  });
});

describe('a status', () => {
  it('has the numbers before and after, and when they changed', () => {
    const status = autoscalerStatus(hpa, decided({ replicas: 4 }, { rescale: { type: 'done' } }), nowMs);
    expect(status).toMatchObject({
      observedGeneration: 3,
      currentReplicas: 2,
      desiredReplicas: 4,
      lastScaleTime: '2026-01-01T00:00:00.000Z',
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50 } } }],
    });
    const later = autoscalerStatus(withStatus(status), decided({}, { current: 4 }), nowMs + 15_000);
    expect(later).toMatchObject({ currentReplicas: 4, lastScaleTime: status.lastScaleTime });
  });

  it('does not claim a number it could not set', () => {
    const look = decided({ replicas: 4 }, { rescale: { type: 'failed', message: 'refused' } });
    expect(autoscalerStatus(hpa, look, nowMs)).toMatchObject({ currentReplicas: 2, desiredReplicas: 2 });
  });

  it('is the same object while there is nothing new to say', () => {
    const status = autoscalerStatus(hpa, decided(), nowMs);
    expect(autoscalerStatus(withStatus(status), decided(), nowMs + 15_000)).toBe(status);
  });

  it.each([
    [52, true],
    [45, true],
    [57, false],
    [40, false],
  ])('takes a figure of %i after 50 for the same: %s', (figure, same) => {
    const status = autoscalerStatus(hpa, decided(), nowMs);
    const next = autoscalerStatus(withStatus(status), decided({}, { readings: [reading(figure)] }), nowMs);
    expect(next === status).toBe(same);
  });

  it('forgets figures that can no longer be read', () => {
    const status = autoscalerStatus(hpa, decided(), nowMs);
    const look: AutoscalerLook = {
      type: 'decided',
      current: 2,
      decision: decision({ idle: 'noMetrics' }),
      readings: [unread],
    };
    expect(autoscalerStatus(withStatus(status), look, nowMs).currentMetrics).toBeUndefined();
  });

  it('presses when numbers, failures or the generation change, and not for figures and limits', () => {
    const status = autoscalerStatus(hpa, decided(), nowMs);
    const next = (look: AutoscalerLook, of: ECSMHpa = hpa) => autoscalerStatus({ ...of, status }, look, nowMs + 1);
    expect(isPressing(undefined, status)).toBe(true);
    expect(isPressing(status, next(decided({ replicas: 4 }, { rescale: { type: 'done' } })))).toBe(true);
    expect(isPressing(status, next({ type: 'noScale', message: 'gone' }))).toBe(true);
    expect(
      isPressing(
        status,
        next(
          decided(),
          edit(hpa, (draft) => (draft.metadata.generation = 4)),
        ),
      ),
    ).toBe(true);
    expect(isPressing(status, next(decided({ limit: 'TooManyReplicas' })))).toBe(false);
    expect(isPressing(status, next(decided({}, { readings: [reading(90)] })))).toBe(false);
    expect(isPressing(status, next(decided({ stabilized: 'ScaleDownStabilized' })))).toBe(false);
  });
});

describe('the reason of a change', () => {
  it.each<[string, number, Partial<AutoscaleDecision>, string]>([
    ['up', 2, { replicas: 4 }, 'cpu is above its target'],
    ['down', 4, { replicas: 2 }, 'all metrics are below their targets'],
  ])('%s', (_title, current, extra, words) => {
    expect(rescaleReason(hpa, current, decision(extra))).toBe(words);
  });

  it('is the bound where no metric was asked', () => {
    const bound = unfollowed({ replicas: 5 });
    expect(rescaleReason(hpa, 9, bound)).toContain('maxReplicas');
    expect(rescaleReason(hpa, 1, bound)).toContain('minReplicas');
  });
});
