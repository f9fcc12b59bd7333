import { parseImageReference } from '@ecsm/api-types';
import type { ContainerRow } from '@ecsm/ecsm-client';

import { canonicalJson } from '../naming/canonical-json.js';
import { departingNodes } from '../rollout/departing-nodes.js';
import { describeDrift } from '../request/drift.js';
import { adoptAnnotation } from '../request/from-platform-service.js';
import type { HealingRecord } from './desired.js';
import { oneOfEachRevision } from './family.js';
import { sizeOf, type ObservedService } from './observed-service.js';
import type { PlanDraft } from './plan-draft.js';
import { runningByNode } from './plan-moving.js';

/** Observed milliseconds for which a fault must last before we act: the platform heals most of them by itself. */
const graceMs = 10_000;
/** The same while the platform is still deploying: an image may take its time, but a stop in the middle is for ever. */
const deployingGraceMs = 120_000;
/** Longest pause between two attempts to heal the same service. */
const maxPauseMs = 600_000;

/** Whether a service has not what it was told to have. */
export function isUnwell(service: ObservedService, started: boolean): boolean {
  if (service.leaving === true) return false;
  if (service.failures.length > 0) return true;
  const exist = service.containerStatuses.length;
  return started ? service.online < sizeOf(service) || exist > sizeOf(service) : exist !== sizeOf(service);
}

/** Milliseconds until the next attempt to heal is due; 0 or less when it is. */
function dueInMs(record: HealingRecord, deploying: boolean, observedMs: number): number {
  const firstMs = deploying ? deployingGraceMs : graceMs;
  const dueMs = record.unwellSinceMs + firstMs;
  if (record.lastAttemptMs === undefined) return dueMs - observedMs;
  const pauseMs = Math.min(firstMs * 2 ** record.attempts, maxPauseMs);
  return Math.max(dueMs, record.lastAttemptMs + pauseMs) - observedMs;
}

/** Observed milliseconds for which a service stays away from a node where its instances were beyond help. */
export const avoidanceMs = 600_000;

/** Whether a container still runs what its service ran before: its node was away when that changed. */
function isStale({ imageName, imageVersion }: ContainerRow, service: ObservedService): boolean {
  const wanted = parseImageReference(service.image);
  if (wanted === undefined || imageName === undefined || imageVersion === undefined) return false;
  return imageName !== wanted.name || imageVersion !== wanted.tag;
}

function nodesWith(
  service: ObservedService,
  containers: readonly ContainerRow[],
  has: (container: ContainerRow) => boolean,
): readonly string[] {
  return service.nodes.filter((node) => containers.some((each) => each.nodeName === node && has(each)));
}

/**
 * Nodes to leave so that certain instances go: those where a deployment fails again and again and nothing runs, or those of
 * instances too many, stale ones at once. Never all of them.
 */
function hopelessNodes(service: ObservedService, maxUnavailable: number, desperate: boolean): readonly string[] {
  const containers = service.containers ?? [];
  const onNode = (node: string): number => containers.filter(({ nodeName }) => nodeName === node).length;
  const excess = containers.length - sizeOf(service);
  const running = runningByNode(containers);
  const stale = nodesWith(service, containers, (container) => isStale(container, service));
  const going = excess > 0 ? departingNodes({ nodes: stale, running, budget: excess + maxUnavailable }) : [];
  if (going.length > 0) return going.length < service.nodes.length ? going : [];
  if (!desperate) return [];
  const failing = new Set(service.failures.map(({ nodeName }) => nodeName));
  const nodes = service.nodes.filter((node) => failing.has(node) && (running.get(node) ?? 0) === 0);
  if (nodes.length === 0 && excess > 0) {
    const spare = service.nodes.filter((node) => onNode(node) > 0 && onNode(node) <= excess);
    nodes.push(...spare.slice(0, 1));
  }
  return nodes.length < service.nodes.length ? nodes : [];
}

/**
 * Does what helps most likely, and another thing when the time before did not help.
 *
 * Starting sets stopped instances going. Sending the definition again makes the platform try failed deployments anew and
 * end instances too many. What neither helps with goes with its node, which leaves the list for a while.
 */
function remedy(draft: PlanDraft, service: ObservedService, attempts: number): void {
  const words = service.containerStatuses.map((word) => word.toLowerCase());
  const some = `${service.online} of ${sizeOf(service)} instances of ${service.name} are online`;
  const act = (verb: 'start' | 'unpause', what: string): void => {
    draft.actions.push({ type: 'act', verb, id: service.id, name: service.name, reason: `${some}: ${what}` });
  };
  const paused = words.includes('paused') && words.every((word) => word === 'paused' || word === 'running');
  const excess = words.length > sizeOf(service);
  const complete = service.failures.length === 0 && words.length === sizeOf(service);
  // Where every change of a service restarts all of its instances, those that run are not disturbed for the others.
  const spared = draft.restartsAll && service.online > 0 && words.length <= sizeOf(service);
  if (paused) act('unpause', 'paused');
  else if (spared || (complete ? attempts % 2 === 0 : attempts % 3 === 1)) act('start', 'started');
  else if (complete || (attempts % 3 === 0 && !excess) || draft.isStatic || service.policy === 'static') sendAgain();
  else if (service.containers === undefined) draft.need('containers', service);
  else {
    const leaves = hopelessNodes(service, draft.strategy.bounds.unavailable, attempts % 3 !== 0);
    const nodes = service.nodes.filter((node) => !leaves.includes(node));
    if (leaves.length === 0) sendAgain();
    else draft.update(service, 'Heal', { nodes, leaves }, `${some}: it leaves ${leaves.join(', ')} for a while`);
  }

  function sendAgain(): void {
    draft.update(service, 'Heal', {}, `${some}, ${words.length} exist: sent again`);
  }
}

/** Says until when a service stays away from nodes, so that it is looked at again then. */
function planReturn(draft: PlanDraft, service: ObservedService): void {
  const avoided = draft.observed.avoided?.get(service.id);
  const leftMs = (avoided?.untilMs ?? 0) - draft.now.observedMs;
  if (avoided === undefined || leftMs <= 0) return;
  draft.wait('grace', `${service.name} stays away from ${avoided.nodes.join(', ')} for a while`, leftMs);
}

/** Mends what the platform has not mended by itself after a grace, ever more patiently. */
export function planHealing(draft: PlanDraft): void {
  const { family, target, now } = draft;
  const started = target.template.platformSpecific?.action !== 'Load';
  for (const service of oneOfEachRevision(family)) {
    planReturn(draft, service);
    if (!isUnwell(service, started)) continue;
    const record = draft.healingOf(service) ?? { unwellSinceMs: now.observedMs, attempts: 0 };
    const waitMs = dueInMs(record, service.deploying, now.observedMs);
    if (waitMs <= 0) remedy(draft, service, record.attempts - (record.attemptsBefore ?? 0));
    else if (service.deploying) draft.wait('grace', `the platform is at work on ${service.name}`, waitMs);
    else draft.wait('grace', `${service.name} is not as it should be; acting unless the platform mends it`, waitMs);
  }
}

/**
 * Takes back changes that somebody made on the platform by hand.
 *
 * Under RollingUpdate the changed service is renamed, which touches no instance, and then rolled over like an earlier
 * revision: sending the old definition would restart all instances at once.
 */
export function planDrift(draft: PlanDraft): void {
  const { current, drift } = draft.family;
  if (current?.detail === undefined || current.leaving === true) return;
  if (drift.length === 0) {
    const adopted = draft.desired.service.metadata.annotations?.[adoptAnnotation] === current.id;
    if (adopted || current.name === draft.targetName) return;
    draft.update(current, 'DriftCorrected', { rename: draft.targetName }, `${current.name} was renamed by hand`);
    return;
  }
  const words = describeDrift(drift);
  if (draft.strategy.type !== 'RollingUpdate' || draft.restartsAll) {
    draft.update(current, 'DriftCorrected', { image: 'correct' }, `${current.name} was changed by hand: ${words}`);
    return;
  }
  const rename = draft.replacementName(current, canonicalJson(current.detail.image));
  draft.update(current, 'DriftCorrected', { rename }, `${current.name} was changed by hand: ${words}; it is replaced`);
}
