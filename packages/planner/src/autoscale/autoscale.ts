import type { ECSMHpa, ECSMHpaSpec } from '@ecsm/api-types';

import type { MetricProposal } from './metric-sample.js';
import {
  emptyScaleHistory,
  limitReplicas,
  resolveBehavior,
  stabilize,
  type LimitedReplicas,
  type ScaleHistory,
} from './scaling-behavior.js';

/** What an autoscaler looks at when it decides. */
export interface AutoscaleInput {
  readonly spec: ECSMHpaSpec;
  /** The number the target asks for now. */
  readonly current: number;
  /** What each metric asks for; `undefined` for one that could not be read. */
  readonly proposals: readonly (MetricProposal | undefined)[];
  readonly history?: ScaleHistory;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: number;
}

/** What an autoscaler decides. */
export interface AutoscaleDecision extends LimitedReplicas {
  /** What to remember for the next look. */
  readonly history: ScaleHistory;
  /**
   * Why nothing was decided, if so: `disabled` for a target that was scaled to zero by hand, `noMetrics` when no metric could
   * be read (or one could not and the others ask for less).
   */
  readonly idle?: 'disabled' | 'noMetrics';
  /** What the metrics ask for before any rule. */
  readonly recommended: number;
}

/** The largest proposal counts. A metric that cannot be read forbids scaling down, since it might ask for more. */
function combine(current: number, proposals: AutoscaleInput['proposals']): number | undefined {
  const known = proposals.filter((proposal) => proposal !== undefined).map((proposal) => proposal.replicas);
  if (known.length === 0) return undefined;
  const largest = Math.max(...known);
  return known.length < proposals.length && largest < current ? undefined : largest;
}

/** The number of replicas an autoscaler wants, by the algorithm of autoscaling/v2. */
export function autoscale(input: AutoscaleInput): AutoscaleDecision {
  const { spec, current, proposals, history = emptyScaleHistory, nowMs } = input;
  const min = spec.minReplicas ?? 1;
  const max = spec.maxReplicas;
  const stay = (idle: 'disabled' | 'noMetrics'): AutoscaleDecision => ({
    replicas: current,
    limit: 'DesiredWithinRange',
    recommended: current,
    history,
    idle,
  });
  if (current === 0 && min > 0) return stay('disabled');
  const behavior = resolveBehavior(spec.behavior);
  const outside = current > max || current < min;
  // Outside of its bounds a target is brought back without asking any metric.
  const recommended = current > max ? max : current < min ? min : combine(current, proposals);
  if (recommended === undefined) return stay('noMetrics');
  const stabilized = outside ? recommended : stabilize(current, recommended, history.recommendations, behavior, nowMs);
  const limited = outside
    ? ({ replicas: recommended, limit: current > max ? 'TooManyReplicas' : 'TooFewReplicas' } as const)
    : limitReplicas({ current, stabilized, min, max, behavior, events: history.events, nowMs });
  const limit =
    limited.limit === 'DesiredWithinRange' && stabilized !== recommended
      ? stabilized < recommended
        ? 'ScaleUpStabilized'
        : 'ScaleDownStabilized'
      : limited.limit;
  return {
    replicas: limited.replicas,
    limit,
    recommended,
    history: remember(input, recommended, limited.replicas, outside),
  };
}

function remember(input: AutoscaleInput, recommended: number, replicas: number, outside: boolean): ScaleHistory {
  const { spec, current, history = emptyScaleHistory, nowMs } = input;
  const behavior = resolveBehavior(spec.behavior);
  const window = Math.max(behavior.scaleUp.stabilizationWindowMs, behavior.scaleDown.stabilizationWindowMs);
  const periods = [...behavior.scaleUp.policies, ...behavior.scaleDown.policies].map((policy) => policy.periodSeconds);
  const longest = Math.max(...periods) * 1000;
  const recommendations = history.recommendations.filter(({ atMs }) => atMs > nowMs - window);
  const events = history.events.filter(({ atMs }) => atMs > nowMs - longest);
  return {
    recommendations: outside ? recommendations : [...recommendations, { atMs: nowMs, replicas: recommended }],
    events: replicas === current ? events : [...events, { atMs: nowMs, change: replicas - current }],
  };
}

/** The object an autoscaler scales, as `kind namespace/name`, to find two of them on one target. */
export function scaleTargetOf(hpa: ECSMHpa): string {
  return `${hpa.spec.scaleTargetRef.kind} ${hpa.metadata.namespace ?? 'default'}/${hpa.spec.scaleTargetRef.name}`;
}
