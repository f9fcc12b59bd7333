import type { ScalingPolicy, ScalingRules } from '@ecsm/api-types';

/** Rules with every default filled in. */
export interface ResolvedRules {
  readonly stabilizationWindowMs: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

/** Rules for both directions. */
export interface ResolvedBehavior {
  readonly scaleUp: ResolvedRules;
  readonly scaleDown: ResolvedRules;
}

/** What autoscaling/v2 does when nothing is said: up at once and at most to the double or by four, down after five minutes. */
const defaults: ResolvedBehavior = {
  scaleUp: {
    stabilizationWindowMs: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowMs: 300_000,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  },
};

function resolve(rules: ScalingRules | undefined, fallback: ResolvedRules): ResolvedRules {
  const seconds = rules?.stabilizationWindowSeconds;
  return {
    stabilizationWindowMs: seconds === undefined ? fallback.stabilizationWindowMs : seconds * 1000,
    selectPolicy: rules?.selectPolicy ?? fallback.selectPolicy,
    policies: rules?.policies !== undefined && rules.policies.length > 0 ? rules.policies : fallback.policies,
  };
}

/** Fills in what `spec.behavior` leaves out. */
export function resolveBehavior(
  behavior: { readonly scaleUp?: ScalingRules; readonly scaleDown?: ScalingRules } | undefined,
): ResolvedBehavior {
  return {
    scaleUp: resolve(behavior?.scaleUp, defaults.scaleUp),
    scaleDown: resolve(behavior?.scaleDown, defaults.scaleDown),
  };
}

/** A change of replicas that was made. */
export interface ScaleEvent {
  readonly atMs: number;
  /** How many were added (positive) or taken (negative). */
  readonly change: number;
}

/** A number that the metrics asked for at some time. */
export interface Recommendation {
  readonly atMs: number;
  readonly replicas: number;
}

/** What an autoscaler remembers between two looks; kept in memory, and forgotten by a restart as Kubernetes does. */
export interface ScaleHistory {
  readonly recommendations: readonly Recommendation[];
  readonly events: readonly ScaleEvent[];
}

/** Nothing has happened yet. */
export const emptyScaleHistory: ScaleHistory = { recommendations: [], events: [] };

/** Why the number is not what the metrics ask for. */
export const scalingLimits = [
  'DesiredWithinRange',
  'ScaleUpStabilized',
  'ScaleDownStabilized',
  'ScaleUpLimit',
  'ScaleDownLimit',
  'TooFewReplicas',
  'TooManyReplicas',
] as const;

/** What the rules make of a recommendation. */
export interface LimitedReplicas {
  readonly replicas: number;
  readonly limit: (typeof scalingLimits)[number];
}

/** Takes the recommendations of the windows into account: up to the least, down to the most of what was asked for. */
export function stabilize(
  current: number,
  recommended: number,
  history: readonly Recommendation[],
  behavior: ResolvedBehavior,
  nowMs: number,
): number {
  let least = recommended;
  let most = recommended;
  for (const { atMs, replicas } of history) {
    if (atMs > nowMs - behavior.scaleUp.stabilizationWindowMs) least = Math.min(least, replicas);
    if (atMs > nowMs - behavior.scaleDown.stabilizationWindowMs) most = Math.max(most, replicas);
  }
  // Up only as far as everybody in the window agreed to, down only as far as everybody did.
  return Math.min(Math.max(current, least), most);
}

/** Replicas at the start of a policy's period: the present ones without what was changed since, in either direction. */
function periodStart(current: number, policy: ScalingPolicy, events: readonly ScaleEvent[], nowMs: number): number {
  const sinceMs = nowMs - policy.periodSeconds * 1000;
  return events.reduce((start, event) => (event.atMs > sinceMs ? start - event.change : start), current);
}

function select(
  rules: ResolvedRules,
  values: readonly number[],
  widest: (...values: number[]) => number,
  narrowest: (...values: number[]) => number,
): number {
  return rules.selectPolicy === 'Min' ? narrowest(...values) : widest(...values);
}

/** The most replicas the scale-up rules allow now. */
export function scaleUpLimit(
  current: number,
  rules: ResolvedRules,
  events: readonly ScaleEvent[],
  nowMs: number,
): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const allowed = rules.policies.map((policy) => {
    const start = periodStart(current, policy, events, nowMs);
    return policy.type === 'Pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return select(rules, allowed, Math.max, Math.min);
}

/** The fewest replicas the scale-down rules allow now. */
export function scaleDownLimit(
  current: number,
  rules: ResolvedRules,
  events: readonly ScaleEvent[],
  nowMs: number,
): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const allowed = rules.policies.map((policy) => {
    const start = periodStart(current, policy, events, nowMs);
    return policy.type === 'Pods' ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  return Math.max(0, select(rules, allowed, Math.min, Math.max));
}

/** Applies the rates, the minimum and the maximum to a stabilised number. */
export function limitReplicas(options: {
  readonly current: number;
  readonly stabilized: number;
  readonly min: number;
  readonly max: number;
  readonly behavior: ResolvedBehavior;
  readonly events: readonly ScaleEvent[];
  readonly nowMs: number;
}): LimitedReplicas {
  const { current, stabilized, min, max, behavior, events, nowMs } = options;
  if (stabilized > current) {
    // A rate that earlier changes have used up must not turn a scale-up into a scale-down.
    const rate = Math.max(current, scaleUpLimit(current, behavior.scaleUp, events, nowMs));
    if (stabilized > Math.min(rate, max)) {
      return rate < max ? { replicas: rate, limit: 'ScaleUpLimit' } : { replicas: max, limit: 'TooManyReplicas' };
    }
  } else if (stabilized < current) {
    const rate = Math.min(current, scaleDownLimit(current, behavior.scaleDown, events, nowMs));
    if (stabilized < Math.max(rate, min)) {
      return rate > min ? { replicas: rate, limit: 'ScaleDownLimit' } : { replicas: min, limit: 'TooFewReplicas' };
    }
  }
  if (stabilized > max) return { replicas: max, limit: 'TooManyReplicas' };
  if (stabilized < min) return { replicas: min, limit: 'TooFewReplicas' };
  return { replicas: stabilized, limit: 'DesiredWithinRange' };
}
