import { fullPlacement } from '../request/to-platform-request.js';
import { membersOf } from './family.js';
import { sizeOf, type ObservedService } from './observed-service.js';
import type { Change, PlanDraft } from './plan-draft.js';

/** A number of instances in words. */
export function counted(instances: number): string {
  return instances === 1 ? '1 instance' : `${instances} instances`;
}

/** Whether two lists name the same nodes; their order means nothing. */
export function sameNodes(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

/** The nodes an object may use; a service that had to leave some of them stays away for a while. */
export function wantedNodes(draft: PlanDraft, service?: ObservedService): readonly string[] {
  const granted = draft.desired.grant?.nodes;
  if (granted !== undefined) return granted;
  const { nodes } = fullPlacement(draft.desired.service);
  const avoided = service === undefined ? undefined : draft.observed.avoided?.get(service.id);
  if (avoided === undefined || draft.isStatic || draft.now.observedMs >= avoided.untilMs) return nodes;
  const others = nodes.filter((node) => !avoided.nodes.includes(node));
  return others.length === 0 ? nodes : others;
}

/** What differs between where a service runs its instances and where it should. */
export function placementChange(
  draft: PlanDraft,
  service: ObservedService,
  nodes: readonly string[],
  factor: number | undefined,
): Change | undefined {
  const policy = draft.isStatic ? 'static' : 'dynamic';
  const change: Change = {
    ...(service.policy === policy ? {} : { policy }),
    ...(sameNodes(service.nodes, nodes) ? {} : { nodes }),
    ...(factor === undefined || (service.factor === factor && service.policy === policy) ? {} : { factor }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}

/** What a change of placement does, in words. */
export function describeChange(service: ObservedService, change: Change): string {
  const parts = [
    ...(change.factor === undefined ? [] : [`from ${sizeOf(service)} to ${counted(change.factor)}`]),
    ...(change.nodes === undefined ? [] : [`to nodes ${change.nodes.join(', ')}`]),
    ...(change.policy === undefined ? [] : [`to policy ${change.policy}`]),
  ];
  return `${service.name} goes ${parts.join(' and ')}`;
}

/** Gives a service the nodes and instances it should have. */
export function place(
  draft: PlanDraft,
  service: ObservedService,
  nodes: readonly string[],
  factor: number | undefined,
): boolean {
  const change = placementChange(draft, service, nodes, factor);
  if (change === undefined) return false;
  draft.update(service, 'Scale', change, describeChange(service, change));
  return true;
}

/** Containers of a service that are on their way out. */
export function leavingInstances(service: ObservedService): number {
  const exist = service.containerStatuses.length;
  if (service.leaving === true) return exist;
  return Math.max(service.ending ?? 0, exist - sizeOf(service));
}

/** Containers of all services of an object that are on their way out. */
export function allLeaving({ family }: PlanDraft): number {
  return membersOf(family).reduce((sum, service) => sum + leavingInstances(service), 0);
}
