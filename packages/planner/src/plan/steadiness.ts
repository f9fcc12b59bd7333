import { availableInstances, sizeOf, type ObservedService } from './observed-service.js';
import type { PlanDraft } from './plan-draft.js';

/** Observed milliseconds after which an instance that does not come up is taken for broken. */
const brokenAfterMs = 60_000;

/** Whether a service has been without instances it should have for so long that they are taken for broken. */
export function isBroken(draft: PlanDraft, service: ObservedService): boolean {
  const record = draft.healingOf(service);
  if (record === undefined || record.wellSinceMs !== undefined) return false;
  return draft.now.observedMs - record.unwellSinceMs >= brokenAfterMs;
}

/**
 * Whether the instances of a service can be relied on to stay.
 *
 * While the platform is at work on a service it may be ending it: a deletion told before a crash looks no different. So
 * nothing else is taken away on the strength of its instances, unless it has been at work for too long.
 */
export function isSteady(draft: PlanDraft, service: ObservedService): boolean {
  return !service.deploying || isBroken(draft, service);
}

/** Available instances that can be relied on to stay; those beyond its size are on their way out. */
export function reliableInstances(draft: PlanDraft, service: ObservedService): number {
  if (service.leaving === true || !isSteady(draft, service)) return 0;
  return Math.min(sizeOf(service), availableInstances(service, draft.strategy.minReadyMs, draft.now.observedMs));
}
