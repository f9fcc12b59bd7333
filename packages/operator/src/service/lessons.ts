import type { Clock, ECSMService, ObjectKey, Stored } from '@ecsm/api-types';
import type { ReconcileContext } from '@ecsm/controller-runtime';
import { driftKey, oneOfEachRevision, type Action, type Plan } from '@ecsm/planner';

import type { PlatformHabits } from '../platform/platform-habits.js';
import type { PlatformObserver } from '../platform/platform-observer.js';
import type { RevisionKeeper } from './revision-keeper.js';
import { isHealing, type ServiceMemory } from './service-memory.js';

/**
 * What becomes of fields that differ on the platform from what is declared: somebody has changed them, they were set right,
 * or the platform stores other values than it is sent and they are let be.
 */
export const driftOutcomes = ['seen', 'corrected', 'tolerated'] as const;

/** What becomes of a field that differs on the platform from what is declared. */
export type DriftOutcome = (typeof driftOutcomes)[number];

/** Options of {@link Lessons}. */
export interface LessonsOptions {
  readonly habits: PlatformHabits;
  readonly observer: PlatformObserver;
  readonly revisions: RevisionKeeper;
  readonly clock: Clock;
  /** Told of fields that differ on the platform from what is declared. */
  readonly onDrift?: (key: ObjectKey, outcome: DriftOutcome, fields: number) => void;
}

/**
 * What is learned of the platform while a service is looked after, kept where the next operator finds it.
 *
 * With the revision: what the platform stores in the place of what it is sent, and what has been tried in vain to heal it.
 * It is read only when it matters, so that a start costs nothing for services that are well.
 */
export class Lessons {
  readonly #options: LessonsOptions;

  constructor(options: LessonsOptions) {
    this.#options = options;
  }

  /** Recalls, once, what an earlier operator has learned, where a plan depends on it; tells whether it is to be made anew. */
  async recall(service: Stored<ECSMService>, plan: Plan, memory: ServiceMemory): Promise<boolean> {
    const matters = plan.family.drift.length > 0 || plan.actions.some(isHealing);
    if (!matters || memory.recalled) return false;
    const { revisions, clock, observer } = this.#options;
    const { tolerated, healing } = await revisions.lessonsOf(service, plan.target.hash);
    memory.recall(tolerated ?? [], healing, clock.now(), observer.observedMs);
    return true;
  }

  /**
   * Tells fields that the platform stores otherwise than it was sent from changes made by hand: what differs right after
   * we have written a service ourselves is the platform's way.
   *
   * @param plan - made with the detail of the current service
   * @returns whether that was learned, so that the plan is to be made anew
   */
  async compare(
    plan: Plan,
    context: ReconcileContext<ECSMService>,
    service: Stored<ECSMService>,
    memory: ServiceMemory,
  ): Promise<boolean> {
    const { current, drift } = plan.family;
    if (current?.detail === undefined || !memory.baselineDue) return false;
    memory.baselineDue = false;
    if (drift.length === 0) return false;
    memory.tolerated = new Set([...(memory.tolerated ?? []), ...drift.map(driftKey)]);
    await this.#options.revisions.keepLessons(service, plan.target.hash, { tolerated: [...memory.tolerated] });
    const fields = drift.map(({ field }) => field);
    context.log.warn({ fields }, 'the platform stores other values than it was sent');
    this.#options.onDrift?.(context.key, 'tolerated', fields.length);
    return true;
  }

  /** Tells of what somebody has changed, once until it is as it was. */
  noteDrift(plan: Plan, key: ObjectKey, memory: ServiceMemory): void {
    const { current, drift } = plan.family;
    if (current?.detail === undefined) return;
    const fields = new Set(drift.map(driftKey));
    if (fields.size === 0 && plan.actions.some(isCorrection)) fields.add(`name ${current.name}`);
    const news = [...fields].filter((field) => !memory.drift.has(field));
    memory.drift = fields;
    if (news.length > 0) this.#options.onDrift?.(key, 'seen', news.length);
  }

  /** Tells that what somebody had changed was set right. */
  noteCorrection(action: Action, key: ObjectKey, memory: ServiceMemory): void {
    if (isCorrection(action)) this.#options.onDrift?.(key, 'corrected', memory.drift.size);
  }

  /** Keeps that something was tried to heal a service, once that has become a habit. */
  async noteHealing(action: Action, service: Stored<ECSMService>, hash: string, memory: ServiceMemory): Promise<void> {
    const healing = isHealing(action) ? memory.healingToKeep(action.id, this.#options.clock.now()) : undefined;
    if (healing !== undefined) await this.#options.revisions.keepLessons(service, hash, { healing });
  }

  /** Sees what the last change of a service has done to its containers; what is learned by that concerns every object. */
  async watchRestarts(plan: Plan, context: ReconcileContext<ECSMService>): Promise<void> {
    const { habits, observer } = this.#options;
    const { putRestarts } = habits.facts;
    for (const service of oneOfEachRevision(plan.family)) {
      if (!(await habits.after(service, context.signal))) continue;
      const what = `the platform has restarted every instance of ${service.name} for a change that concerned none of them`;
      context.event('Warning', 'ScaleRestarts', `${what}: new templates replace all instances at once from now on`);
      context.log.warn({ reason: 'ScaleRestarts' }, what);
    }
    if (habits.facts.putRestarts !== putRestarts) observer.tellAll('the ways of the platform are known better');
  }
}

function isCorrection(action: Action): boolean {
  return action.type === 'update' && action.cause === 'DriftCorrected';
}
