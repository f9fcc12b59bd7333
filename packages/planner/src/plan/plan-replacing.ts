import { counted, place, wantedNodes } from './placement.js';
import { availableInstances } from './observed-service.js';
import { isSteady } from './steadiness.js';
import { waitForInstances } from './waiting.js';
import type { PlanDraft } from './plan-draft.js';

/** Ends everything of earlier templates before anything of the newest starts. */
export function planRecreate(draft: PlanDraft): void {
  const { current, old } = draft.family;
  if (old.length > 0) {
    const why = draft.restartsAll ? ', since the platform restarts all instances at every change (ScaleRestarts)' : '';
    for (const service of old) {
      draft.destroy(service, 'Rollout', `${service.name} makes room for ${draft.targetName}${why}`);
    }
    return;
  }
  settle(draft, current);
}

/**
 * A rollout where every change of a platform service restarts all of its instances: sizes are never moved step by step, since
 * each step would take down what it leaves. All new instances start before the old ones end where the surge has room for
 * them, and otherwise after.
 */
export function planAtOnce(draft: PlanDraft): void {
  const { current, old } = draft.family;
  if (old.length === 0 || draft.strategy.bounds.surge < draft.wanted) {
    planRecreate(draft);
    return;
  }
  settle(draft, current);
  if (draft.actions.length > 0 || current === undefined || current.leaving === true) return;
  const { minReadyMs } = draft.strategy;
  const { observedMs } = draft.now;
  if (isSteady(draft, current) && availableInstances(current, minReadyMs, observedMs) >= draft.wanted) {
    for (const service of old) {
      draft.destroy(service, 'Rollout', `${service.name} has handed over to ${draft.targetName}`);
    }
  }
}

/** Lets the platform's own update turn the service into one of the newest template. */
export function planInPlace(draft: PlanDraft): void {
  const { current, old } = draft.family;
  const staying = old.filter((service) => service.leaving !== true);
  const convert = current === undefined ? staying.at(-1) : undefined;
  for (const service of staying) {
    if (service !== convert) draft.destroy(service, 'Rollout', `${service.name} is left over from an earlier rollout`);
  }
  if (convert === undefined) {
    settle(draft, current);
    return;
  }
  const nodes = wantedNodes(draft);
  draft.update(
    convert,
    'Rollout',
    {
      rename: draft.targetName,
      nodes,
      policy: draft.isStatic ? 'static' : 'dynamic',
      ...(draft.isStatic ? {} : { factor: draft.wanted }),
      image: 'replace',
    },
    `${convert.name} is updated in place to ${draft.targetName}`,
  );
}

/** Brings the one service of the newest template to its size. */
function settle(draft: PlanDraft, current: PlanDraft['family']['current']): void {
  const nodes = wantedNodes(draft, current);
  const factor = draft.isStatic ? undefined : draft.wanted;
  if (current === undefined) {
    const size = factor ?? nodes.length;
    draft.create(nodes, factor, `${draft.targetName} starts with ${counted(size)}`);
    return;
  }
  if (current.leaving === true) {
    draft.wait('gone', `waiting until ${current.name} is gone, to run the same template again`);
    return;
  }
  if (place(draft, current, nodes, factor)) return;
  waitForInstances(draft, current);
}
