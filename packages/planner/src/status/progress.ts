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
 * A text that changes whenever a rollout has come closer to its end; the progress deadline starts anew with it.
 *
 * Instances lost do not count as progress, so that a rollout whose instances come and go does not look alive for ever.
 */
export function progressSignature(plan: Plan, counts: Counts): string {
  const sizes = plan.family.old.map(
    ({ id, factor, nodes, policy }) => `${id}:${policy === 'static' ? nodes.length : factor}`,
  );
  return [plan.target.hash, plan.wanted, counts.updated, counts.updatedAvailable, ...sizes].join(' ');
}

/** Whether a rollout has gone on for too long without progress. */
export function isDeadlineExceeded(plan: Plan, desired: Desired, observed: Observed, now: Now): boolean {
  const paused = desired.service.spec.paused === true;
  const waits = plan.waits.some(({ type }) => type === 'dependencies' || type === 'room');
  if (paused || waits || plan.wanted === 0 || observed.progressedAtMs === undefined) return false;
  return now.observedMs - observed.progressedAtMs >= plan.strategy.progressDeadlineMs;
}
