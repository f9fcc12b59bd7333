import type { ScalingPolicy, ScalingRules } from '@ecsm/api-types';

import type { KnownChanges, Recommendation } from './scale-history.js';

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

/** Why the number is not what the metrics ask for; the words are those of Kubernetes' condition ScalingLimited. */
export const scalingLimits = [
  'DesiredWithinRange',
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

/**
 * Replicas at the start of a policy's period: the present ones without what was changed since, in either direction.
 *
 * `undefined` when the period reaches back to where changes are not known: then the policy allows nothing.
 */
function periodStart(current: number, policy: ScalingPolicy, changes: KnownChanges, nowMs: number): number | undefined {
  const sinceMs = nowMs - policy.periodSeconds * 1000;
  if (changes.knownSinceMs !== undefined && changes.knownSinceMs > sinceMs) return undefined;
  return changes.events.reduce((start, event) => (event.atMs > sinceMs ? start - event.change : start), current);
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
export function scaleUpLimit(current: number, rules: ResolvedRules, changes: KnownChanges, nowMs: number): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const allowed = rules.policies.map((policy) => {
    const start = periodStart(current, policy, changes, nowMs);
    if (start === undefined) return current;
    return policy.type === 'Pods' ? start + policy.value : Math.ceil((start * (100 + policy.value)) / 100);
  });
  return select(rules, allowed, Math.max, Math.min);
}

/** The fewest replicas the scale-down rules allow now. */
export function scaleDownLimit(current: number, rules: ResolvedRules, changes: KnownChanges, nowMs: number): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const allowed = rules.policies.map((policy) => {
    const start = periodStart(current, policy, changes, nowMs);
    if (start === undefined) return current;
    return policy.type === 'Pods' ? start - policy.value : Math.trunc((start * (100 - policy.value)) / 100);
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
  readonly changes: KnownChanges;
  readonly nowMs: number;
}): LimitedReplicas {
  const { current, stabilized, min, max, behavior, changes, nowMs } = options;
  if (stabilized > current) {
    // A rate that earlier changes have used up must not turn a scale-up into a scale-down.
    const rate = Math.max(current, scaleUpLimit(current, behavior.scaleUp, changes, nowMs));
    if (stabilized > Math.min(rate, max)) {
      return rate < max ? { replicas: rate, limit: 'ScaleUpLimit' } : { replicas: max, limit: 'TooManyReplicas' };
    }
  } else if (stabilized < current) {
    const rate = Math.min(current, scaleDownLimit(current, behavior.scaleDown, changes, nowMs));
    if (stabilized < Math.max(rate, min)) {
      return rate > min ? { replicas: rate, limit: 'ScaleDownLimit' } : { replicas: min, limit: 'TooFewReplicas' };
    }
  }
  if (stabilized > max) return { replicas: max, limit: 'TooManyReplicas' };
  if (stabilized < min) return { replicas: min, limit: 'TooFewReplicas' };
  return { replicas: stabilized, limit: 'DesiredWithinRange' };
}
