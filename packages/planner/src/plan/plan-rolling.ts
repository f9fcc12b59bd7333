import { nextCurrentSize, nextOldSizes, type InstanceSet } from '../rollout/rolling-step.js';
import { availableInstances, nextAvailableInMs, readyInstances, type ObservedService } from './observed-service.js';
import { counted, leavingInstances, place, placementChange, wantedNodes } from './placement.js';
import { isBroken, isSteady } from './steadiness.js';
import type { PlanDraft } from './plan-draft.js';

/** The instances of a service in the terms of a rolling update. */
function instanceSet(draft: PlanDraft, service: ObservedService): InstanceSet {
  const ready = readyInstances(service);
  const available = availableInstances(service, draft.strategy.minReadyMs, draft.now.observedMs);
  // Which instances go is the platform's choice: one that is merely slow must not cost one that is ready.
  const spare = ready === 0 ? service.factor : isBroken(draft, service) ? service.factor - ready : 0;
  return {
    size: service.factor,
    available: isSteady(draft, service) ? available : 0,
    spare: Math.max(0, spare),
  };
}

/** Waits for what keeps a rollout from its next step. */
function waitForInstances(draft: PlanDraft, services: readonly ObservedService[]): void {
  const { minReadyMs } = draft.strategy;
  for (const service of services) {
    const missing = service.factor - readyInstances(service);
    const dueMs = nextAvailableInMs(service, minReadyMs, draft.now.observedMs);
    if (missing > 0)
      draft.wait('instances', `waiting for ${missing} of ${service.factor} instances of ${service.name}`);
    else if (dueMs !== undefined) {
      draft.wait(
        'minReady',
        `waiting until the instances of ${service.name} have been ready for ${minReadyMs / 1000} s`,
        dueMs,
      );
    }
  }
}

/** One step of a rolling update of a Dynamic service, which at rest is simply its scaling. */
export function planRolling(draft: PlanDraft): void {
  const { family, strategy, wanted } = draft;
  const { current } = family;
  const old = family.old.filter((service) => service.leaving !== true);
  const everyone = [...(current === undefined ? [] : [current]), ...family.old, ...family.twins];
  const leaving = everyone.reduce((sum, service) => sum + leavingInstances(service), 0);
  if (current?.leaving === true) {
    draft.wait('gone', `waiting until ${current.name} is gone, to run the same template again`);
    return;
  }
  const nodes = wantedNodes(draft);
  const currentSet = current === undefined ? { size: 0, available: 0 } : instanceSet(draft, current);
  const oldSets = old.map((service) => instanceSet(draft, service));
  const oldSize = oldSets.reduce((sum, { size }) => sum + size, 0);
  const size = nextCurrentSize({
    desired: wanted,
    bounds: strategy.bounds,
    current: currentSet,
    oldSize: oldSize + leaving,
  });
  if (current === undefined) {
    if (size > 0) {
      const share = size === wanted ? counted(size) : `${size} of ${counted(wanted)}`;
      draft.create(nodes, size, `${draft.targetName} starts with ${share}`);
      return;
    }
  } else if (place(draft, current, nodes, size)) return;
  const sizes = nextOldSizes({ desired: wanted, bounds: strategy.bounds, current: currentSet, old: oldSets });
  let shrunk = false;
  for (const [index, service] of old.entries()) {
    const next = sizes[index] ?? service.factor;
    if (next === 0) draft.destroy(service, 'Rollout', `${service.name} has handed over to ${draft.targetName}`);
    else if (next !== service.factor) {
      draft.update(
        service,
        'Rollout',
        { factor: next },
        `${service.name} shrinks from ${service.factor} to ${counted(next)}`,
      );
    }
    shrunk ||= next !== service.factor;
  }
  if (shrunk) return;
  if (leaving > 0) draft.wait('gone', `waiting for ${leaving} instances to end`);
  waitForInstances(draft, current === undefined ? [] : [current]);
}

/** Keeps sizes right while rollouts stand still: nothing of a new template starts, and nothing of an old one goes. */
export function planPaused(draft: PlanDraft): void {
  const { current, old } = draft.family;
  const active = [...old, ...(current === undefined ? [] : [current])].filter((service) => service.leaving !== true);
  const newest = active.at(-1);
  if (newest === undefined) {
    const known = draft.desired.service.status?.currentRevision === draft.target.hash;
    if (known)
      draft.create(wantedNodes(draft), draft.isStatic ? undefined : draft.wanted, `${draft.targetName} is restored`);
    else draft.wait('paused', 'spec.paused holds the first rollout back');
    return;
  }
  if (draft.isStatic) {
    if (active.length === 1) place(draft, newest, wantedNodes(draft), undefined);
  } else {
    const others = active.slice(0, -1).reduce((sum, service) => sum + service.factor, 0);
    const size = Math.max(1, draft.wanted - others);
    if (placementChange(draft, newest, newest.nodes, size) !== undefined) place(draft, newest, newest.nodes, size);
  }
  if (old.length > 0) draft.wait('paused', 'spec.paused holds the rollout back');
}
