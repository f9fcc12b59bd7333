import { shortHash } from '../naming/short-hash.js';
import { canonicalJson } from '../naming/canonical-json.js';
import { serviceStem } from '../naming/service-name.js';
import { describeDrift } from '../request/drift.js';
import { adoptAnnotation } from '../request/from-platform-service.js';
import type { HealingRecord } from './desired.js';
import { sizeOf, type ObservedService } from './observed-service.js';
import type { PlanDraft } from './plan-draft.js';

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
  const fromMs = record.lastAttemptMs ?? record.unwellSinceMs;
  const pauseMs = (deploying ? deployingGraceMs : graceMs) * 2 ** record.attempts;
  return fromMs + Math.min(pauseMs, maxPauseMs) - observedMs;
}

/**
 * What may help, in turn: setting going what is there and stands still, and sending the definition again, which makes the
 * platform try failed deployments anew and end instances too many.
 */
/**
 * Does what helps most likely, and the other thing when the time before did not help.
 *
 * Starting sets stopped instances going. Sending the definition again makes the platform try failed deployments anew and
 * end instances too many.
 */
function remedy(draft: PlanDraft, service: ObservedService, attempts: number): void {
  const words = service.containerStatuses.map((word) => word.toLowerCase());
  const some = `${service.online} of ${sizeOf(service)} instances of ${service.name} are online`;
  const paused = words.includes('paused') && words.every((word) => word === 'paused' || word === 'running');
  const stopped = service.failures.length === 0 && words.length === sizeOf(service);
  if (paused) {
    draft.actions.push({ type: 'act', verb: 'unpause', id: service.id, name: service.name, reason: `${some}: paused` });
  } else if (stopped === (attempts % 2 === 0)) {
    draft.actions.push({ type: 'act', verb: 'start', id: service.id, name: service.name, reason: `${some}: started` });
  } else {
    draft.update(service, 'Heal', {}, `${some}, ${words.length} exist: sent again`);
  }
}

/** Mends what the platform has not mended by itself after a grace, ever more patiently. */
export function planHealing(draft: PlanDraft): void {
  const { family, target, now } = draft;
  const started = target.template.platformSpecific?.action !== 'Load';
  for (const service of [...(family.current === undefined ? [] : [family.current]), ...family.old]) {
    if (!isUnwell(service, started)) continue;
    const record = draft.healingOf(service) ?? { unwellSinceMs: now.observedMs, attempts: 0 };
    const waitMs = dueInMs(record, service.deploying, now.observedMs);
    if (waitMs <= 0) remedy(draft, service, record.attempts);
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
  if (draft.strategy.type !== 'RollingUpdate') {
    draft.update(current, 'DriftCorrected', { image: 'correct' }, `${current.name} was changed by hand: ${words}`);
    return;
  }
  const { readable, s8 } = serviceStem(draft.identity);
  const rename = `${readable}-${s8}-${shortHash(['drift', current.id, canonicalJson(current.detail.image)])}`;
  draft.update(current, 'DriftCorrected', { rename }, `${current.name} was changed by hand: ${words}; it is replaced`);
}
