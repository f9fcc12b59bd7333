import { nextAvailableInMs, readyInstances, sizeOf, type ObservedService } from './observed-service.js';
import type { PlanDraft } from './plan-draft.js';

/** Waits until the instances of a service that are ready have been so for long enough. */
export function waitForAvailability(draft: PlanDraft, service: ObservedService): void {
  const { minReadyMs } = draft.strategy;
  const dueMs = nextAvailableInMs(service, minReadyMs, draft.now.observedMs);
  if (dueMs === undefined) return;
  const long = `${minReadyMs / 1000} s`;
  draft.wait('minReady', `waiting until the instances of ${service.name} have been ready for ${long}`, dueMs);
}

/** Waits until the instances of a service are ready, and then until they have been so for long enough. */
export function waitForInstances(draft: PlanDraft, service: ObservedService): void {
  const missing = sizeOf(service) - readyInstances(service);
  if (missing > 0) {
    draft.wait('instances', `waiting for ${missing} of ${sizeOf(service)} instances of ${service.name}`);
    return;
  }
  waitForAvailability(draft, service);
}
