import type { ECSMService } from '@ecsm/api-types';
import { oneOfEachRevision, sizeOf, type ObservedService, type Plan } from '@ecsm/planner';

/** How long instances may be missing without a failure before room is asked about: observed milliseconds. */
const missingMs = 10_000;
/** How long a suspicion that was wrong is not raised again, doubled each time: observed milliseconds. */
const firstPauseMs = 60_000;
const longestPauseMs = 600_000;

interface Pause {
  readonly untilMs: number;
  readonly pauseMs: number;
}

/** Whether a service says that instances could not be deployed. */
function isFailing({ failures, deploying, containerStatuses, leaving }: ObservedService, size: number): boolean {
  return leaving !== true && (failures.length > 0 || (!deploying && containerStatuses.length < size));
}

/** Who may lack room: objects whose instances do not come up. Only a look at the nodes tells whether that is why. */
export class Suspicions {
  readonly #since = new Map<string, number>();
  /** Since when instances are missing without a failure. */
  readonly #missing = new Map<string, number>();
  readonly #pauses = new Map<string, Pause>();

  get size(): number {
    return this.#since.size;
  }

  has(key: string): boolean {
    return this.#since.has(key);
  }

  /** Observed time since when an object is under suspicion. */
  since(key: string): number | undefined {
    return this.#since.get(key);
  }

  forget(key: string): void {
    this.#since.delete(key);
    this.#missing.delete(key);
    this.#pauses.delete(key);
  }

  /** Notes what a run has found; tells whether it raises a suspicion. */
  note(key: string, plan: Plan, { metadata }: ECSMService, observedMs: number): boolean {
    const services = oneOfEachRevision(plan.family);
    const failing = services.some((service) => isFailing(service, sizeOf(service)));
    const missing = services.some((service) => !service.deploying && service.online < sizeOf(service));
    if (metadata.deletionTimestamp !== undefined || plan.wanted === 0 || !(failing || missing)) {
      this.forget(key);
      return false;
    }
    const missingSinceMs = this.#missing.get(key) ?? observedMs;
    this.#missing.set(key, missingSinceMs);
    if (!failing && observedMs - missingSinceMs < missingMs) return false;
    if (this.#since.has(key) || observedMs < (this.#pauses.get(key)?.untilMs ?? -Infinity)) return false;
    this.#since.set(key, observedMs);
    return true;
  }

  /** Room was given out: those under suspicion that do not lack any are left alone for a while. */
  settle(lacking: ReadonlySet<string>, observedMs: number): void {
    for (const key of this.#since.keys()) {
      this.#since.delete(key);
      if (lacking.has(key)) {
        this.#pauses.delete(key);
        continue;
      }
      const pauseMs = Math.min((this.#pauses.get(key)?.pauseMs ?? firstPauseMs / 2) * 2, longestPauseMs);
      this.#pauses.set(key, { untilMs: observedMs + pauseMs, pauseMs });
    }
  }
}
