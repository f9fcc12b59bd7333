import type { ResolvedBehavior } from './scaling-behavior.js';

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

/** The changes of replicas that are known. */
export interface KnownChanges {
  readonly events: readonly ScaleEvent[];
  /** There may have been more before this moment; absent when there were none. */
  readonly knownSinceMs?: number;
}

/** What an autoscaler remembers between two looks. It is kept in memory only; see {@link beginScaleHistory}. */
export interface ScaleHistory extends KnownChanges {
  readonly recommendations: readonly Recommendation[];
}

/**
 * Begins to remember.
 *
 * The present number counts as asked for now, as in Kubernetes: nothing is taken away before a whole window has been seen.
 *
 * @param resumed - whether there may have been changes that nobody here remembers, as after a restart: then no policy
 *   allows anything before its own period has been seen
 */
export function beginScaleHistory(current: number, nowMs: number, resumed: boolean): ScaleHistory {
  return {
    recommendations: [{ atMs: nowMs, replicas: current }],
    events: [],
    ...(resumed ? { knownSinceMs: nowMs } : {}),
  };
}

/** A history with another recommendation, without those that no window reaches. */
export function withRecommendation(
  history: ScaleHistory,
  replicas: number,
  behavior: ResolvedBehavior,
  nowMs: number,
): ScaleHistory {
  const { scaleUp, scaleDown } = behavior;
  const windowMs = Math.max(scaleUp.stabilizationWindowMs, scaleDown.stabilizationWindowMs);
  const kept = history.recommendations.filter(({ atMs }) => atMs > nowMs - windowMs);
  return { ...history, recommendations: [...kept, { atMs: nowMs, replicas }] };
}

/** A history with a change that was made, without those that no policy's period reaches. */
export function withScaleEvent(
  history: ScaleHistory,
  change: number,
  behavior: ResolvedBehavior,
  nowMs: number,
): ScaleHistory {
  const policies = [...behavior.scaleUp.policies, ...behavior.scaleDown.policies];
  const longestMs = Math.max(...policies.map((policy) => policy.periodSeconds)) * 1000;
  const kept = history.events.filter(({ atMs }) => atMs > nowMs - longestMs);
  return { ...history, events: [...kept, { atMs: nowMs, change }] };
}
