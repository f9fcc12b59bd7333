import type { ECSMHpa, ECSMHpaSpec } from '@ecsm/api-types';

import type { MetricProposal } from './metric-sample.js';
import { withRecommendation, type ScaleHistory } from './scale-history.js';
import { limitReplicas, resolveBehavior, stabilize, type LimitedReplicas } from './scaling-behavior.js';

/** What an autoscaler looks at when it decides. */
export interface AutoscaleInput {
  readonly spec: ECSMHpaSpec;
  /** The number the target asks for now. */
  readonly current: number;
  /** What each metric asks for; `undefined` for one that could not be read. */
  readonly proposals: readonly (MetricProposal | undefined)[];
  readonly history: ScaleHistory;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: number;
}

/** Why an autoscaler decided nothing. */
export const idleReasons = [
  /** The target was scaled to zero by hand. */
  'disabled',
  /** No metric could be read, or one could not and the others ask for less. */
  'noMetrics',
] as const;

/** What an autoscaler decides. */
export interface AutoscaleDecision extends LimitedReplicas {
  /** What to remember for the next look; a change that is carried out is added to it with `withScaleEvent`. */
  readonly history: ScaleHistory;
  readonly idle?: (typeof idleReasons)[number];
  /** What the metrics ask for before any rule. */
  readonly recommended: number;
  /** Which of the proposals was the largest, and so the one followed; absent when no metric was asked. */
  readonly followed?: number;
  /** Whether a window holds the recommendation back, in the word of Kubernetes' condition AbleToScale. */
  readonly stabilized?: 'ScaleUpStabilized' | 'ScaleDownStabilized';
}

/** The largest proposal counts. A metric that cannot be read forbids scaling down, since it might ask for more. */
function combine(
  current: number,
  proposals: AutoscaleInput['proposals'],
): { readonly replicas: number; readonly followed: number } | undefined {
  let best: { readonly replicas: number; readonly followed: number } | undefined;
  for (const [followed, proposal] of proposals.entries()) {
    if (proposal === undefined || (best !== undefined && proposal.replicas <= best.replicas)) continue;
    best = { replicas: proposal.replicas, followed };
  }
  return best !== undefined && best.replicas < current && proposals.includes(undefined) ? undefined : best;
}

/** The number of replicas an autoscaler wants, by the algorithm of autoscaling/v2. */
export function autoscale(input: AutoscaleInput): AutoscaleDecision {
  const { spec, current, proposals, history, nowMs } = input;
  const min = spec.minReplicas ?? 1;
  const max = spec.maxReplicas;
  const decide = (rest: Partial<AutoscaleDecision>): AutoscaleDecision => ({
    replicas: current,
    limit: 'DesiredWithinRange',
    recommended: current,
    history,
    ...rest,
  });
  if (current === 0 && min > 0) return decide({ idle: 'disabled' });
  // Outside of its bounds a target is brought back without asking any metric.
  if (current > max) return decide({ replicas: max, recommended: max, limit: 'TooManyReplicas' });
  if (current < min) return decide({ replicas: min, recommended: min, limit: 'TooFewReplicas' });
  const best = combine(current, proposals);
  if (best === undefined) return decide({ idle: 'noMetrics' });
  const { replicas: recommended, followed } = best;
  const behavior = resolveBehavior(spec.behavior);
  const stabilized = stabilize(current, recommended, history.recommendations, behavior, nowMs);
  const held = recommended < current ? 'ScaleDownStabilized' : 'ScaleUpStabilized';
  return decide({
    ...limitReplicas({ current, stabilized, min, max, behavior, changes: history, nowMs }),
    recommended,
    followed,
    ...(stabilized === recommended ? {} : { stabilized: held }),
    history: withRecommendation(history, recommended, behavior, nowMs),
  });
}

/** The object an autoscaler scales, as `kind namespace/name`, to find two of them on one target. */
export function scaleTargetOf(hpa: ECSMHpa): string {
  return `${hpa.spec.scaleTargetRef.kind} ${hpa.metadata.namespace ?? 'default'}/${hpa.spec.scaleTargetRef.name}`;
}
