import { isUnwell, type Action, type HealingRecord, type ObservedService, type Problem } from '@ecsm/planner';

/** First pause after a refusal, doubled with each one that follows: milliseconds. */
const firstPauseMs = 5000;
const maxPauseMs = 300_000;

/** What is remembered of one object between runs; a lost one costs patience, never correctness. */
export class ServiceMemory {
  /** Observed time of the last progress, and what it looked like. */
  #progress: { readonly signature: string; readonly atMs: number } | undefined;
  readonly #healing = new Map<string, HealingRecord>();
  /** Why the last attempt to act failed. */
  problem: Problem | undefined;
  #refusals = 0;
  /** Monotonic time before which nothing is tried again after a failure. */
  retryAtMs = 0;
  /** Fields in which the platform stores other values than it was sent, and the service that showed it. */
  tolerated: ReadonlySet<string> | undefined;
  /** Id of the service whose definition was compared with what was sent right after it was sent. */
  baselineId: string | undefined;

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
    for (const id of this.#healing.keys()) if (!present.has(id)) this.#healing.delete(id);
    for (const service of services) {
      if (isUnwell(service, started)) {
        if (!this.#healing.has(service.id)) this.#healing.set(service.id, { unwellSinceMs: observedMs, attempts: 0 });
      } else if (!service.deploying) {
        // While the platform works on it nothing is known; in particular a remedy has not helped yet.
        this.#healing.delete(service.id);
      }
    }
  }

  /** Notes an attempt to heal. */
  noteAction(action: Action, observedMs: number): void {
    if (action.type !== 'act' && !(action.type === 'update' && action.cause === 'Heal')) return;
    const record = this.#healing.get(action.id);
    if (record === undefined) return;
    this.#healing.set(action.id, { ...record, attempts: record.attempts + 1, lastAttemptMs: observedMs });
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
