import type { ContainerRow } from '@ecsm/ecsm-client';

import { departingNodes } from '../rollout/departing-nodes.js';
import { membersOf, oneOfEachRevision } from './family.js';
import {
  hasEnded,
  isRunning,
  possiblyReadyInstances,
  readyInstances,
  sizeOf,
  type ObservedService,
} from './observed-service.js';
import { allLeaving, place, wantedNodes } from './placement.js';
import type { PlanDraft } from './plan-draft.js';
import { isSteady, reliableInstances } from './steadiness.js';

/** Instances that run on each node, as far as the containers are known. */
export function runningByNode(containers: readonly ContainerRow[]): ReadonlyMap<string, number> {
  const running = new Map<string, number>();
  for (const container of containers) {
    const { nodeName } = container;
    running.set(nodeName, (running.get(nodeName) ?? 0) + (isRunning(container) ? 1 : 0));
  }
  return running;
}

/**
 * Has the containers of a service looked at that is about to lose some because none of it is ready: one may have come up since
 * the last look.
 *
 * @returns whether that has to be done first
 */
export function looksFirst(draft: PlanDraft, service: ObservedService): boolean {
  if (possiblyReadyInstances(service) > 0 || service.containers !== undefined) return false;
  draft.need('containers', service);
  return true;
}

/** Instances that may start beside all that exist or shall exist. */
function surgeLeft(draft: PlanDraft): number {
  const staying = membersOf(draft.family).filter((service) => service.leaving !== true);
  const instances = staying.reduce((sum, service) => sum + sizeOf(service), allLeaving(draft));
  return draft.wanted + draft.strategy.bounds.surge - instances;
}

/**
 * Brings a Dynamic service to its size and to the nodes the object names, with no more instances missing than may be.
 *
 * New nodes join at once. Old ones leave as far as the instances there can be missed for the moment. Where even the node that
 * costs least costs too much, or all instances would have to go and there is no surge for the first of their replacements, the
 * service is rolled over like an earlier revision.
 *
 * @returns whether there is anything left to do or to wait for
 */
export function moveWithinBounds(
  draft: PlanDraft,
  service: ObservedService,
  wanted: readonly string[],
  size: number,
): boolean {
  const leaving = service.nodes.filter((node) => !wanted.includes(node));
  const now = sizeOf(service);
  const chooses = size < now && mayChoose(service);
  if (leaving.length === 0 && !chooses) return place(draft, service, wanted, size);
  const hasJoined = size === now && wanted.every((node) => service.nodes.includes(node));
  if (hasJoined && !isSteady(draft, service)) {
    draft.wait('instances', `waiting until ${service.name} is at rest before it leaves ${leaving.join(', ')}`);
    return false;
  }
  if (service.containers === undefined) {
    draft.need('containers', service);
    return true;
  }
  const available = availableOf(draft);
  const running = runningByNode(service.containers);
  const idle = chooses ? idleNodes(service, running) : [];
  // What goes for being too many is the platform's choice.
  const budget = size < now ? 0 : available - draft.least;
  const departing = departingNodes({ nodes: [...new Set([...leaving, ...idle])], running, budget });
  const going = service.containers.filter(({ nodeName }) => departing.includes(nodeName));
  const all = [...service.nodes, ...wanted.filter((node) => !service.nodes.includes(node))];
  // Smaller by what goes: its replacements start when it is gone, not beside it. Only a service cannot be without any
  // instance: where all of them go, one starts at once, beside those that have yet to end.
  const left = Math.min(size, Math.max(size, now) - going.length);
  const ends = !going.every(hasEnded);
  const departs = departing.length > 0 && (left > 0 || !ends || surgeLeft(draft) > 0);
  const nodes = departs ? all.filter((node) => !departing.includes(node)) : all;
  if (place(draft, service, nodes, departs ? Math.max(1, left) : size)) return true;
  if (leaving.length === 0) return false;
  const { asked } = draft.instances;
  if (departing.length === 0 && available < asked) {
    draft.wait('instances', `waiting for ${asked - available} instances before ${leaving.join(', ')} is left`);
    return false;
  }
  replace(draft, service, wanted, `cannot leave ${leaving.join(', ')} within the bounds of the rollout`);
  return true;
}

/**
 * Replaces a Dynamic service that has to become Static like an earlier revision, unless turning it into one costs no more
 * instances than may be missing, and starts no more than may exist.
 *
 * @returns whether there is anything to do first
 */
export function becomeStatic(draft: PlanDraft, service: ObservedService, wanted: readonly string[]): boolean {
  if (service.policy === 'static') return false;
  if (service.containers === undefined) {
    draft.need('containers', service);
    return true;
  }
  const running = runningByNode(service.containers);
  const kept = wanted.filter((node) => (running.get(node) ?? 0) > 0).length;
  const lost = [...running.values()].reduce((sum, each) => sum + each, 0) - kept;
  const budget = availableOf(draft) - draft.least;
  if (lost <= Math.max(0, budget) && wanted.length - kept <= surgeLeft(draft)) return false;
  replace(draft, service, ['static', ...wanted], 'cannot become Static within the bounds of the rollout');
  return true;
}

/**
 * Brings a service beside a Dynamic one to the nodes of a Static object. There it is the numbers that count: as many nodes join as
 * it may grow by, and those the object no longer names are left as far as their instances can be missed.
 *
 * @param wanted - in the order in which they join
 * @returns whether there is anything to do first
 */
export function moveStatic(
  draft: PlanDraft,
  service: ObservedService,
  wanted: readonly string[],
  size: number,
): boolean {
  if (service.policy !== 'static') {
    const nodes = wanted.slice(0, size);
    return becomeStatic(draft, service, nodes) || place(draft, service, nodes, undefined);
  }
  const kept = wanted.filter((node) => service.nodes.includes(node)).slice(0, size);
  const leaving = service.nodes.filter((node) => !kept.includes(node));
  if (leaving.length > 0 && service.containers === undefined) {
    draft.need('containers', service);
    return true;
  }
  const { containers = [] } = service;
  const budget = availableOf(draft) - draft.least;
  const departing = departingNodes({ nodes: leaving, running: runningByNode(containers), budget });
  const dead = departing.filter((node) => containers.every((each) => each.nodeName !== node || hasEnded(each)));
  // Where an instance has yet to end, none must join it.
  const joins = allLeaving(draft) > 0 ? 0 : Math.max(0, size - sizeOf(service)) + dead.length;
  const joining = wanted.filter((node) => !service.nodes.includes(node)).slice(0, joins);
  const nodes = [...kept, ...leaving.filter((node) => !departing.includes(node)), ...joining];
  // A service cannot be without nodes.
  return nodes.length > 0 && place(draft, service, nodes, undefined);
}

/** Instances of all services of the object that can be relied on. */
function availableOf(draft: PlanDraft): number {
  return oneOfEachRevision(draft.family).reduce((sum, service) => sum + reliableInstances(draft, service), 0);
}

/** Gives a service another name, which touches no instance, so that it is rolled over like an earlier revision. */
function replace(draft: PlanDraft, service: ObservedService, wanted: readonly string[], why: string): void {
  const rename = draft.replacementName(service, [...wanted].sort().join(' '));
  draft.update(service, 'Rollout', { rename }, `${service.name} ${why}: it is replaced`);
}

/** Nodes where a service has instances of which none runs; none of them where nothing runs elsewhere either. */
function idleNodes(service: ObservedService, running: ReadonlyMap<string, number>): readonly string[] {
  const some = service.nodes.some((node) => (running.get(node) ?? 0) > 0);
  return some ? service.nodes.filter((node) => running.get(node) === 0) : [];
}

/** Whether it matters which instances of a service go: not all of them are known to be ready. */
function mayChoose(service: ObservedService): boolean {
  return readyInstances(service) < Math.max(sizeOf(service), service.containerStatuses.length);
}

/**
 * Makes a service smaller. Which instances go is the platform's choice, so where some do not run their nodes leave the list
 * in the same update. A Static service gives up nodes: made Dynamic, it would leave the choice to the platform.
 */
export function shrink(
  draft: PlanDraft,
  service: ObservedService,
  size: number,
  cause: 'Rollout' | 'Scale',
  reason: string,
): void {
  const choose = mayChoose(service);
  if (choose && service.containers === undefined) {
    draft.need('containers', service);
    return;
  }
  const running = runningByNode((choose ? service.containers : undefined) ?? []);
  if (service.policy === 'static') {
    const wanted = wantedNodes(draft);
    const worth = (node: string): number => 2 * (running.get(node) ?? 0) + Number(wanted.includes(node));
    const best = service.nodes.toSorted((a, b) => worth(b) - worth(a)).slice(0, size);
    draft.update(service, cause, { nodes: service.nodes.filter((node) => best.includes(node)) }, reason);
    return;
  }
  const idle = idleNodes(service, running);
  const going = service.containers?.filter(({ nodeName }) => idle.includes(nodeName)) ?? [];
  // What has yet to end there is not replaced elsewhere.
  const factor = Math.max(1, Math.min(size, sizeOf(service) - going.length));
  const nodes = service.nodes.filter((node) => !idle.includes(node));
  draft.update(service, cause, { factor, ...(idle.length === 0 ? {} : { nodes }) }, reason);
}
