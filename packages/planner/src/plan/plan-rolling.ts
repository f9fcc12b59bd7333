import { proportionalSizes } from '../rollout/proportional-sizes.js';
import { keepAvailable, nextCurrentSize, nextOldSizes, type InstanceSet } from '../rollout/rolling-step.js';
import { possiblyReadyInstances, readyInstances, sizeOf, type ObservedService } from './observed-service.js';
import { allLeaving, counted, place, wantedNodes } from './placement.js';
import { looksFirst, moveStatic, moveWithinBounds, shrink } from './plan-moving.js';
import { isBroken, reliableInstances } from './steadiness.js';
import { resolveStrategy } from './strategy.js';
import { waitForAvailability, waitForInstances } from './waiting.js';
import type { PlanDraft } from './plan-draft.js';

/** The instances of a service in the terms of a rolling update. */
function instanceSet(draft: PlanDraft, service: ObservedService): InstanceSet {
  const ready = readyInstances(service);
  // Which instances go is the platform's choice: one that is merely slow must not cost one that is ready.
  const size = sizeOf(service);
  const spare = possiblyReadyInstances(service) === 0 ? size : isBroken(draft, service) ? size - ready : 0;
  return {
    size,
    available: reliableInstances(draft, service),
    spare: Math.max(0, spare),
  };
}

/**
 * The nodes for a number of instances: all of a pool, or as many of a Static service's, those it has first and then those where no
 * earlier one stands.
 */
function nodesFor(draft: PlanDraft, size: number, present: readonly string[] = []): readonly string[] {
  const nodes = wantedNodes(draft);
  if (!draft.isStatic) return nodes;
  const taken = draft.family.old.flatMap((service) => (service.policy === 'static' ? service.nodes : []));
  const rank = (node: string): number => (present.includes(node) ? 0 : taken.includes(node) ? 2 : 1);
  return nodes.toSorted((a, b) => rank(a) - rank(b)).slice(0, size);
}

/**
 * One step of a rolling update by numbers: of a Dynamic service, which at rest is simply its scaling, or of one that was Dynamic
 * before and becomes Static.
 */
export function planRolling(draft: PlanDraft): void {
  const { family, strategy, wanted } = draft;
  const { current } = family;
  const old = family.old.filter((service) => service.leaving !== true);
  const leaving = allLeaving(draft);
  if (current?.leaving === true) {
    draft.wait('gone', `waiting until ${current.name} is gone, to run the same template again`);
    return;
  }
  const currentSet = current === undefined ? { size: 0, available: 0 } : instanceSet(draft, current);
  const oldSets = old.map((service) => instanceSet(draft, service));
  if (shareChange(draft, old, oldSets, current, currentSet)) return;
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
      draft.create(
        nodesFor(draft, size),
        draft.isStatic ? undefined : size,
        `${draft.targetName} starts with ${share}`,
      );
      return;
    }
  } else if (draft.isStatic) {
    if (moveStatic(draft, current, nodesFor(draft, wanted, current.nodes), size)) return;
  } else if (moveWithinBounds(draft, current, wantedNodes(draft, current), size)) return;
  const { asked } = draft.instances;
  const sizes = nextOldSizes({ desired: asked, bounds: strategy.bounds, current: currentSet, old: oldSets });
  let shrunk = false;
  for (const [index, service] of old.entries()) {
    const now = sizeOf(service);
    const next = sizes[index] ?? now;
    if (next === now && now > 0) continue;
    shrunk = true;
    if (looksFirst(draft, service)) continue;
    if (next === 0) draft.destroy(service, 'Rollout', `${service.name} has handed over to ${draft.targetName}`);
    else shrink(draft, service, next, 'Rollout', `${service.name} shrinks from ${now} to ${counted(next)}`);
  }
  if (shrunk) return;
  if (leaving > 0) draft.wait('gone', `waiting for ${leaving} instances to end`);
  if (current !== undefined) waitForInstances(draft, current);
  // Old instances that have yet to prove themselves hold the next step back as well.
  for (const service of old) waitForAvailability(draft, service);
}

/** Gives each template its share of a changed number of instances in the middle of a rollout. */
function shareChange(
  draft: PlanDraft,
  old: readonly ObservedService[],
  oldSets: readonly InstanceSet[],
  current: ObservedService | undefined,
  currentSet: InstanceSet,
): boolean {
  const { wantedBefore } = draft.observed;
  const services = current === undefined ? old : [...old, current];
  const sets = current === undefined ? oldSets : [...oldSets, currentSet];
  if (wantedBefore === undefined || wantedBefore === draft.wanted || services.length < 2 || draft.isStatic)
    return false;
  const before = resolveStrategy(draft.desired.service, wantedBefore);
  const present = sets.reduce((sum, { size }) => sum + size, 0);
  const allowed = draft.wanted + draft.strategy.bounds.surge;
  const sizes = proportionalSizes({
    sizes: sets.map(({ size }) => size),
    // What is on its way out is still there beside whatever starts.
    allowed: allowed < present ? allowed : Math.max(present, allowed - allLeaving(draft)),
    // The bounds may have changed as well, so that there are more than would have been allowed with these.
    allowedBefore: Math.max(present, wantedBefore + before.bounds.surge),
  });
  const kept = keepAvailable(sizes, sets, draft.least);
  let changed = false;
  for (const [index, service] of services.entries()) {
    const [size, next] = [sizeOf(service), kept[index] ?? sizeOf(service)];
    // A Static one has one for each node, and none for more.
    if (next === size || (next > size && service.policy === 'static')) continue;
    changed = true;
    if (next < size && looksFirst(draft, service)) continue;
    const share = `its share of ${draft.wanted} instances is ${next}`;
    if (next === 0) draft.destroy(service, 'Rollout', `${service.name} goes: ${share}`);
    else if (next < size) shrink(draft, service, next, 'Scale', `${service.name}: ${share}`);
    else draft.update(service, 'Scale', { factor: next }, `${service.name}: ${share}`);
  }
  return changed;
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
  const older = active.slice(0, -1);
  const sets = older.map((service) => instanceSet(draft, service));
  const newestSet = instanceSet(draft, newest);
  if (shareChange(draft, older, sets, newest, newestSet)) return;
  const others = sets.reduce((sum, { size }) => sum + size, 0);
  const room = draft.wanted + draft.strategy.bounds.surge - others - allLeaving(draft);
  const fitting = Math.max(1, Math.min(draft.wanted - others, Math.max(newestSet.size, room)));
  const kept = keepAvailable([...sets.map(({ size }) => size), fitting], [...sets, newestSet], draft.least);
  const size = kept.at(-1) ?? fitting;
  if (draft.isStatic) {
    const alone = older.length === 0 && newest.policy === 'static';
    if (alone) moveStatic(draft, newest, nodesFor(draft, draft.wanted, newest.nodes), size);
  } else if (size < newestSet.size) {
    shrink(draft, newest, size, 'Scale', `${newest.name} shrinks to ${counted(size)}`);
  } else place(draft, newest, newest.nodes, size);
  if (old.length > 0) draft.wait('paused', 'spec.paused holds the rollout back');
}
