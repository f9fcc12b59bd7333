import type { ECSMServiceStatus } from '@ecsm/api-types';
import {
  avoidanceMs,
  isProgress,
  isUnwell,
  type Action,
  type Avoidance,
  type HealingRecord,
  type KeptHealing,
  type ObservedService,
  type Problem,
  type ProgressMark,
} from '@ecsm/planner';

import { RecoveryHold } from './recovery-hold.js';

/** First pause after a refusal, doubled with each one that follows: milliseconds. */
const firstPauseMs = 5000;
const maxPauseMs = 300_000;

/** For how long a service must be well before it is forgotten that it had to be healed: observed milliseconds. */
const recoveredMs = 600_000;
/** Attempts that are forgotten with the process; from then on they are kept. */
const forgettableAttempts = 2;

const none: ReadonlySet<never> = new Set<never>();
const noEntries: ReadonlyMap<string, never> = new Map<string, never>();

/** Whether an action is an attempt to heal. */
export function isHealing(action: Action): action is Extract<Action, { readonly type: 'act' | 'update' }> {
  return action.type === 'act' || (action.type === 'update' && action.cause === 'Heal');
}

function fallenIllAgain({ attempts, lastAttemptMs }: HealingRecord, observedMs: number): HealingRecord {
  const last = lastAttemptMs === undefined ? {} : { lastAttemptMs };
  return { unwellSinceMs: observedMs, attempts, attemptsBefore: attempts, ...last };
}

/** What is remembered of one object between runs; a lost one costs patience, never correctness. */
export class ServiceMemory {
  /** Observed time of the last progress, and what it looked like. */
  #progress: { readonly mark: ProgressMark; readonly atMs: number } | undefined;
  /** Like what follows it there only while it is needed: there is one memory for each object, and most objects are well. */
  #healing: Map<string, HealingRecord> | undefined;
  #avoided: Map<string, Avoidance> | undefined;
  /** What is known to be gone since the last create. */
  #gone: Set<string> | undefined;
  /** Whether what an earlier operator had learned was asked for. */
  recalled = false;
  /** Instances wanted when the platform was last brought in line. */
  wanted: number | undefined;
  /** The status that was told and could not be written yet. */
  told: ECSMServiceStatus | undefined;
  readonly recovery = new RecoveryHold();
  /** Whether a call was sent whose outcome is not known: nothing follows before the platform was looked at again. */
  uncertain = false;
  /** Whether its deletion waits for dependents, and whether it was let go. */
  isHeld = false;
  isGoing = false;
  /** Monotonic time at which the deletion was first seen. */
  deletionSeenMs: number | undefined;
  /** Why the last attempt to act failed. */
  problem: Problem | undefined;
  /** Why the platform gave no answer the last time, until it gives one. */
  unanswered: string | undefined;
  #refusals = 0;
  /** Monotonic time before which nothing is tried again after a failure. */
  retryAtMs = 0;
  /** Values the platform stores in the place of what it was sent. */
  tolerated: ReadonlySet<string> | undefined;
  #drift: ReadonlySet<string> | undefined;
  /** Whether a definition was sent that has not been compared with what the platform has made of it. */
  baselineDue = false;

  /** Fields that others have changed, by their keys. */
  get drift(): ReadonlySet<string> {
    return this.#drift ?? none;
  }

  set drift(fields: ReadonlySet<string>) {
    this.#drift = fields.size === 0 ? undefined : fields;
  }

  get avoided(): ReadonlyMap<string, Avoidance> {
    return this.#avoided ?? noEntries;
  }

  get healing(): ReadonlyMap<string, HealingRecord> {
    return this.#healing ?? noEntries;
  }

  /** Whether nothing is remembered that time alone makes another plan of. */
  get isCalm(): boolean {
    return (this.#healing?.size ?? 0) + (this.#avoided?.size ?? 0) === 0 && this.problem === undefined;
  }

  get progressedAtMs(): number | undefined {
    return this.#progress?.atMs;
  }

  /** Notes what a rollout looks like; the first look of a rollout that was given up already changes nothing about that. */
  noteProgress(mark: ProgressMark, observedMs: number, givenUpMs: number | undefined): void {
    if (!isProgress(this.#progress?.mark, mark)) return;
    const first = this.#progress === undefined;
    const atMs = first && givenUpMs !== undefined ? observedMs - givenUpMs : observedMs;
    this.#progress = { mark, atMs };
  }

  /** Notes which services are not as they should be. */
  noteHealth(services: readonly ObservedService[], started: boolean, observedMs: number): void {
    const present = new Set(services.map(({ id }) => id));
    for (const known of [this.#healing, this.#avoided]) {
      for (const id of known?.keys() ?? []) if (!present.has(id)) known?.delete(id);
    }
    for (const service of services) {
      const record = this.#healing?.get(service.id);
      if (isUnwell(service, started)) {
        if (record === undefined) this.#keepHealing(service.id, { unwellSinceMs: observedMs, attempts: 0 });
        else if (record.wellSinceMs !== undefined) {
          this.#keepHealing(service.id, fallenIllAgain(record, observedMs));
        }
        // While the platform works on it nothing is known; in particular a remedy has not helped yet.
      } else if (!service.deploying && record !== undefined) {
        const { wellSinceMs = observedMs } = record;
        if (record.attempts === 0 || observedMs - wellSinceMs >= recoveredMs) this.#healing?.delete(service.id);
        else this.#keepHealing(service.id, { ...record, wellSinceMs });
      }
    }
    if (this.#healing?.size === 0) this.#healing = undefined;
    if (this.#avoided?.size === 0) this.#avoided = undefined;
  }

  /** Takes over what an earlier operator had learned, unless it has long been forgotten. */
  recall(tolerated: readonly string[], healing: KeptHealing | undefined, wallMs: number, observedMs: number): void {
    this.recalled = true;
    this.tolerated = new Set([...(this.tolerated ?? []), ...tolerated]);
    const agoMs = wallMs - Date.parse(healing?.lastAttemptTime ?? '');
    if (healing === undefined || !(agoMs < 2 * recoveredMs)) return;
    for (const [id, record] of this.#healing ?? noEntries) {
      this.#keepHealing(id, {
        ...record,
        attempts: healing.attempts,
        lastAttemptMs: observedMs - Math.max(0, agoMs),
      });
    }
  }

  /** What the next operator has to know of the attempts to heal a service; `undefined` while that is nothing. */
  healingToKeep(id: string, wallMs: number): KeptHealing | undefined {
    const attempts = this.#healing?.get(id)?.attempts ?? 0;
    return attempts <= forgettableAttempts ? undefined : { attempts, lastAttemptTime: new Date(wallMs).toISOString() };
  }

  /** Notes what was done. */
  noteAction(action: Action, observedMs: number): void {
    if (action.type === 'create' || (action.type === 'update' && action.image !== 'keep')) this.baselineDue = true;
    if (action.type === 'create') this.#gone = undefined;
    if (action.type === 'destroy') this.noteGone(action.id);
    if (!isHealing(action)) return;
    const record = this.#healing?.get(action.id);
    if (record === undefined) return;
    this.#keepHealing(action.id, {
      ...record,
      attempts: record.attempts + 1,
      lastAttemptMs: observedMs,
    });
    const nodes = action.type === 'update' ? action.leaves : undefined;
    if (nodes !== undefined) (this.#avoided ??= new Map()).set(action.id, { nodes, untilMs: observedMs + avoidanceMs });
  }

  /** Notes that a service is gone, because it was told to go or somebody else removed it; returns whether that is news. */
  noteGone(id: string): boolean {
    if (this.knowsGone(id)) return false;
    this.#gone = (this.#gone ?? new Set()).add(id);
    return true;
  }

  /** Whether a service is known to be gone. */
  knowsGone(id: string): boolean {
    return this.#gone?.has(id) === true;
  }

  /** Notes a failed attempt to act; answers with the pause before the next. */
  noteFailure(problem: Problem, nowMs: number): number {
    this.problem = problem;
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#refusals, maxPauseMs);
    this.#refusals++;
    this.retryAtMs = nowMs + pauseMs;
    return pauseMs;
  }

  /** Notes that acting works again, or that the user has changed what is asked for. */
  noteSuccess(): void {
    this.problem = undefined;
    this.#refusals = 0;
    this.retryAtMs = 0;
  }

  #keepHealing(id: string, record: HealingRecord): void {
    this.#healing ??= new Map();
    this.#healing.set(id, record);
  }
}
