import { availableInstances, readyInstances, type ObservedService } from '../plan/observed-service.js';
import { membersOf } from '../plan/family.js';
import type { Now } from '../plan/desired.js';
import type { Plan } from '../plan/plan.js';

/** The instances of an object, counted. */
export interface Counts {
  readonly replicas: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
  /** Available ones of the newest template. */
  readonly updatedAvailable: number;
}

/** Counts the instances of everything that belongs to an object. */
export function countInstances(plan: Plan, now: Now): Counts {
  const { current } = plan.family;
  const all = membersOf(plan.family);
  const total = (of: (service: ObservedService) => number): number => all.reduce((sum, each) => sum + of(each), 0);
  const available = (service: ObservedService): number =>
    loads(plan)
      ? Math.max(0, service.containerStatuses.length - service.failures.length)
      : availableInstances(service, plan.strategy.minReadyMs, now.observedMs);
  const staying = current?.leaving === true ? undefined : current;
  return {
    replicas: total((service) => service.containerStatuses.length),
    ready: loads(plan) ? total(available) : total(readyInstances),
    updated: staying?.containerStatuses.length ?? 0,
    available: total(available),
    updatedAvailable: staying === undefined ? 0 : available(staying),
  };
}

/** Whether instances are only deployed, never started: then deployed is as ready as they get. */
function loads(plan: Plan): boolean {
  return plan.target.template.platformSpecific?.action === 'Load';
}
