import { desiredReplicas } from '@ecsm/api-types';

import { describeChange, placementChange, wantedNodes } from '../plan/placement.js';
import type { Desired } from '../plan/desired.js';
import type { Instances } from '../plan/instances.js';
import type { PlanDraft } from '../plan/plan-draft.js';
import type { ResolvedStrategy } from '../plan/strategy.js';

/**
 * Has a Dynamic service give up what somebody else is to have, by size and nodes in one update: that is how the instance on a
 * certain node goes. Its own bounds do not hold it back; in all else a grant is carried out by its strategy.
 *
 * @returns whether there was anything to do
 */
export function planEviction(draft: PlanDraft): boolean {
  const { current, old } = draft.family;
  const { eviction } = draft.desired.grant ?? {};
  if (eviction === undefined || draft.isStatic) return false;
  if (current === undefined || current.leaving === true || old.length > 0) return false;
  const change = placementChange(draft, current, wantedNodes(draft), draft.wanted);
  if (change === undefined) return false;
  draft.update(current, 'Scale', change, `${describeChange(current, change)}: ${eviction.message}`);
  return true;
}

/**
 * The strategy of an object as far as there is room: where the next instance finds none, one of the old ones goes first, if
 * it is that one's place that the next may have.
 */
export function withinRoom(
  strategy: ResolvedStrategy,
  desired: Desired,
  { wanted, asked }: Instances,
): ResolvedStrategy {
  const { shortage } = desired.grant ?? {};
  // On a node of its own an instance is in the way of its successor only.
  const isStatic = desired.service.spec.deploymentStrategy.type === 'Static';
  if (shortage === undefined || strategy.type !== 'RollingUpdate' || isStatic) return strategy;
  const { unavailable } = strategy.bounds;
  return {
    ...strategy,
    bounds: { surge: 0, unavailable: shortage.inOwnWay ? Math.max(asked - wanted + 1, unavailable) : unavailable },
  };
}

/** Says what an object waits for that may not run all it wants. */
export function waitForRoom(draft: PlanDraft): void {
  const { grant, service } = draft.desired;
  if (grant?.shortage === undefined || draft.wanted >= desiredReplicas(service)) return;
  draft.wait('room', grant.shortage.message);
}
