import { findCondition, type ECSMService } from '@ecsm/api-types';

import { sizeOf } from '../plan/observed-service.js';
import type { Desired, Now, Observed } from '../plan/desired.js';
import type { Plan } from '../plan/plan.js';
import type { Counts } from './counts.js';

/** Whether everything an object asks for runs and nothing else is left. */
export function isComplete(plan: Plan, counts: Counts): boolean {
  const { current, old, twins, taken, unread } = plan.family;
  if (taken.length > 0 || unread.length > 0 || old.length > 0 || twins.length > 0) return false;
  if (plan.limited) return false;
  if (plan.wanted === 0) return current === undefined;
  return (
    current !== undefined &&
    !current.deploying &&
    counts.updated === plan.wanted &&
    counts.updatedAvailable >= plan.wanted &&
    plan.actions.length === 0
  );
}

/**
 * Whether a rollout that was told complete stays so, as in a Deployment: instances that go and come back later concern what is
 * available, and would otherwise tell the same rollout's end again with each restart.
 */
export function staysComplete({ family, target, limited }: Plan, { metadata, status }: ECSMService): boolean {
  const told = findCondition(status?.conditions, 'Progressing');
  const isSame = told?.observedGeneration === metadata.generation && status?.updateRevision === target.hash;
  if (told?.reason !== 'RolloutComplete' || !isSame || limited) return false;
  // A service that was made anew starts anew.
  return family.old.length === 0 && (family.unread.length > 0 || family.current?.id === status.underlyingServiceID);
}

/** How far a rollout has come. */
export interface ProgressMark {
  /** Which rollout it is, and what it has done to earlier templates: another text is progress. */
  readonly rollout: string;
  /** Instances of the newest template that exist or are available: more than ever before in this rollout is progress. */
  readonly done: number;
  readonly complete: boolean;
}

/** How far a rollout has come, for {@link isProgress}. */
export function progressMark(plan: Plan, counts: Counts): ProgressMark {
  const sizes = plan.family.old.map((service) => `${service.id}:${sizeOf(service)}`);
  return {
    rollout: [plan.target.hash, plan.wanted, ...sizes].join(' '),
    done: counts.updated + counts.updatedAvailable,
    complete: isComplete(plan, counts),
  };
}

/**
 * Whether a rollout has come closer to its end, so that its deadline starts anew.
 *
 * Instances lost and found again do not count: a rollout whose instances come and go does not look alive for ever. What
 * happens to a complete one is a new story.
 */
export function isProgress(before: ProgressMark | undefined, mark: ProgressMark): boolean {
  if (before === undefined || before.rollout !== mark.rollout || before.complete !== mark.complete) return true;
  return mark.done > before.done;
}

/** Whether a rollout has gone on for too long without progress. */
export function isDeadlineExceeded(plan: Plan, desired: Desired, observed: Observed, now: Now): boolean {
  const paused = desired.service.spec.paused === true;
  const waits = plan.waits.some(({ type }) => type === 'dependencies' || type === 'room');
  if (paused || waits || plan.wanted === 0 || observed.progressedAtMs === undefined) return false;
  return now.observedMs - observed.progressedAtMs >= plan.strategy.progressDeadlineMs;
}
