import { counted, place, wantedNodes } from './placement.js';
import type { PlanDraft } from './plan-draft.js';

/** Ends everything of earlier templates before anything of the newest starts. */
export function planRecreate(draft: PlanDraft): void {
  const { current, old } = draft.family;
  if (old.length > 0) {
    for (const service of old) {
      draft.destroy(service, 'Rollout', `${service.name} makes room for ${draft.targetName}`);
    }
    return;
  }
  settle(draft, current);
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
  const nodes = wantedNodes(draft);
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
  const missing = draft.wanted - current.online;
  if (missing > 0) draft.wait('instances', `waiting for ${missing} of ${draft.wanted} instances of ${current.name}`);
}
