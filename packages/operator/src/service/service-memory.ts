import { findCondition, type ECSMServiceStatus } from '@ecsm/api-types';
import {
  avoidanceMs,
  isUnwell,
  type Action,
  type Avoidance,
  type HealingRecord,
  type ObservedService,
  type Problem,
} from '@ecsm/planner';

/** First pause after a refusal, doubled with each one that follows: milliseconds. */
const firstPauseMs = 5000;
const maxPauseMs = 300_000;

/** The first pause between two attempts to heal, as the planner has it: milliseconds. */
const firstHealingPauseMs = 10_000;
/** The most attempts that are assumed to have been made before a start: the next one follows within about five minutes. */
const maxAssumedAttempts = 5;

/**
 * Attempts to heal that an earlier operator must have made, by how long the status has said that something is wrong: a start is
 * no reason to begin anew with what has not helped for an hour.
 */
function assumedAttempts(status: ECSMServiceStatus | undefined, wallMs: number): number {
  const failing = findCondition(status?.conditions, 'Degraded');
  const missing = findCondition(status?.conditions, 'Available');
  const since = [failing?.status === 'True' ? failing : undefined, missing?.status === 'False' ? missing : undefined]
    .flatMap((condition) => condition?.lastTransitionTime ?? [])
    .map((time) => Date.parse(time));
  const lastedMs = wallMs - Math.min(wallMs, ...since);
  return Math.min(maxAssumedAttempts, Math.floor(Math.log2(lastedMs / firstHealingPauseMs + 1)));
}

/** What is remembered of one object between runs; a lost one costs patience, never correctness. */
export class ServiceMemory {
  /** For what is unwell at the first look. */
  #assumedAttempts: number;
  /** Observed time of the last progress, and what it looked like. */
  #progress: { readonly signature: string; readonly atMs: number } | undefined;
  readonly #healing = new Map<string, HealingRecord>();
  readonly #avoided = new Map<string, Avoidance>();
  /** Instances wanted when the platform was last brought in line. */
  wanted: number | undefined;
  /** Whether a call was sent whose outcome is not known: nothing follows before the platform was looked at again. */
  uncertain = false;
  /** Whether its deletion waits for dependents, and whether it was let go. */
  isHeld = false;
  isGoing = false;
  /** Monotonic time at which the deletion was first seen. */
  deletionSeenMs: number | undefined;
  /** Why the last attempt to act failed. */
  problem: Problem | undefined;
  #refusals = 0;
  /** Monotonic time before which nothing is tried again after a failure. */
  retryAtMs = 0;
  /** Values the platform stores in the place of what it was sent; `undefined` until the kept revision was asked. */
  tolerated: ReadonlySet<string> | undefined;
  /** Whether a definition was sent that has not been compared with what the platform has made of it. */
  baselineDue = false;

  /** @param status - what an earlier operator has left */
  constructor(status?: ECSMServiceStatus, wallMs = 0) {
    this.#assumedAttempts = assumedAttempts(status, wallMs);
  }

  get avoided(): ReadonlyMap<string, Avoidance> {
    return this.#avoided;
  }

  get healing(): ReadonlyMap<string, HealingRecord> {
    return this.#healing;
  }

  get progressedAtMs(): number | undefined {
    return this.#progress?.atMs;
  }

  /** Notes what a rollout looks like; the first look of a rollout that was given up already changes nothing about that. */
  noteProgress(signature: string, observedMs: number, givenUpMs: number | undefined): void {
    if (this.#progress?.signature === signature) return;
    const first = this.#progress === undefined;
    const atMs = first && givenUpMs !== undefined ? observedMs - givenUpMs : observedMs;
    this.#progress = { signature, atMs };
  }

  /** Notes which services are not as they should be. */
  noteHealth(services: readonly ObservedService[], started: boolean, observedMs: number): void {
    const present = new Set(services.map(({ id }) => id));
    for (const known of [this.#healing, this.#avoided]) {
      for (const id of known.keys()) if (!present.has(id)) known.delete(id);
    }
    const attempts = this.#assumedAttempts;
    this.#assumedAttempts = 0;
    for (const service of services) {
      if (isUnwell(service, started)) {
        const record = {
          unwellSinceMs: observedMs,
          attempts,
          ...(attempts === 0 ? {} : { lastAttemptMs: observedMs }),
        };
        if (!this.#healing.has(service.id)) this.#healing.set(service.id, record);
      } else if (!service.deploying) {
        // While the platform works on it nothing is known; in particular a remedy has not helped yet.
        this.#healing.delete(service.id);
      }
    }
  }

  /** Notes what was done. */
  noteAction(action: Action, observedMs: number): void {
    if (action.type === 'create' || (action.type === 'update' && action.image !== 'keep')) this.baselineDue = true;
    if (action.type !== 'act' && !(action.type === 'update' && action.cause === 'Heal')) return;
    const record = this.#healing.get(action.id);
    if (record === undefined) return;
    this.#healing.set(action.id, { ...record, attempts: record.attempts + 1, lastAttemptMs: observedMs });
    const nodes = action.type === 'update' ? action.leaves : undefined;
    if (nodes !== undefined) this.#avoided.set(action.id, { nodes, untilMs: observedMs + avoidanceMs });
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
}
