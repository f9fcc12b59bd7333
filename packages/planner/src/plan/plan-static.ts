import { candidateNodes } from '@ecsm/api-types';

import { staticStep } from '../rollout/static-step.js';
import { possiblyReadyInstances, readyInstances, type ObservedService } from './observed-service.js';
import { allLeaving, place, sameNodes, wantedNodes } from './placement.js';
import type { PlanDraft } from './plan-draft.js';
import { becomeStatic, looksFirst, runningByNode } from './plan-moving.js';
import { isBroken, isSteady, reliableInstances } from './steadiness.js';
import { waitForAvailability, waitForInstances } from './waiting.js';

/** Nodes on which a service that is broken in part runs nothing. */
function idleNodes(draft: PlanDraft, service: ObservedService): readonly string[] {
  const ready = readyInstances(service);
  if (ready === 0 || ready >= service.nodes.length || !isBroken(draft, service)) return [];
  if (service.containers === undefined) {
    draft.need('containers', service);
    return [];
  }
  const running = runningByNode(service.containers);
  return service.nodes.filter((node) => (running.get(node) ?? 0) === 0);
}

/** One step of a node-by-node update of a Static service, which at rest is simply its list of nodes. */
export function planStatic(draft: PlanDraft): void {
  const { family, strategy } = draft;
  const { current } = family;
  if (current?.leaving === true) {
    draft.wait('gone', `waiting until ${current.name} is gone, to run the same template again`);
    return;
  }
  const open = wantedNodes(draft);
  const { eviction } = draft.desired.grant ?? {};
  const wanted = candidateNodes(draft.desired.service).filter((node) => node !== eviction?.leaves);
  const old = family.old.filter((service) => service.leaving !== true);
  const leaving = allLeaving(draft);
  const steady = [...old, ...(current === undefined ? [] : [current])].every((service) => isSteady(draft, service));
  const oldIdle = old.map((service) => idleNodes(draft, service));
  if (draft.needs.length > 0) return;
  const step = staticStep({
    wanted,
    open: wanted.filter((node) => open.includes(node)),
    current: current?.nodes ?? [],
    old: old.map(({ nodes }) => nodes),
    currentAvailable: current === undefined ? 0 : reliableInstances(draft, current),
    oldAvailable: old.map((service) => reliableInstances(draft, service)),
    oldReady: old.reduce((sum, service) => sum + possiblyReadyInstances(service), 0),
    oldIdle,
    leaving,
    unavailable: steady ? strategy.bounds.unavailable : 0,
    surge: strategy.bounds.surge,
  });
  const first = current === undefined && old.length === 0;
  if (current === undefined) {
    if (step.current.length > 0) {
      const where = first ? `on ${step.current.join(', ')}` : `moves to ${step.current.join(', ')}`;
      draft.create(step.current, undefined, `${draft.targetName} ${where}`);
      return;
    }
  } else if (becomeStatic(draft, current, step.current) || place(draft, current, step.current, undefined)) return;
  let moved = false;
  for (const [index, service] of old.entries()) {
    const nodes = step.old[index] ?? service.nodes;
    if (sameNodes(nodes, service.nodes) && nodes.length > 0) continue;
    moved = true;
    if (looksFirst(draft, service)) continue;
    const left = service.nodes.filter((node) => !nodes.includes(node));
    if (nodes.length === 0) draft.destroy(service, 'Rollout', `${service.name} has handed over to ${draft.targetName}`);
    else draft.update(service, 'Rollout', { nodes }, `${service.name} leaves ${left.join(', ')}`);
  }
  if (moved) return;
  if (leaving > 0) draft.wait('gone', `waiting for ${leaving} instances to end`);
  if (current !== undefined) waitForInstances(draft, current);
  // Old instances that have yet to prove themselves hold the next step back as well.
  for (const service of old) waitForAvailability(draft, service);
}
