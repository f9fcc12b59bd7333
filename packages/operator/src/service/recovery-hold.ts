import type { ECSMServiceStatus } from '@ecsm/api-types';
import { conditionChange } from '@ecsm/planner';

import { isRolloutComplete } from './is-rollout-complete.js';

/** As often as this a service may fall and rise within {@link forgottenMs} and have its rise told at once. */
const freeRelapses = 3;
/** How long a rise must last after one more fall than that before it is told, doubled with each that follows: milliseconds. */
const firstHoldMs = 30_000;
const maxHoldMs = 300_000;
/** For how long a service must not have fallen so that earlier falls are forgotten: observed milliseconds. */
const forgottenMs = 600_000;

/** What a condition says when something has got worse. */
const bad = [
  ['Available', 'False'],
  ['Degraded', 'True'],
  ['DependenciesReady', 'False'],
  ['Preempted', 'True'],
  ['PlatformReachable', 'False'],
] as const;

/**
 * Keeps the status of a service that comes and goes from being written at every turn.
 *
 * What gets worse is told at once. What gets better is too, unless the same has happened several times of late: then it must
 * last first. So a crash loop is told a few times and is then Available=False until it has ended, which spares the flash
 * and whoever reads the events; a rollout is never held.
 */
export class RecoveryHold {
  #relapses = 0;
  #relapsedMs = 0;
  /** Whether it has got worse since more of it was last told to be ready. */
  #isDown = false;
  #betterSinceMs: number | undefined;

  /**
   * Says for how many milliseconds of observed time a status is not to be written yet; 0 when it is to be written now.
   *
   * @param before - the status as it is stored
   */
  holdMs(before: ECSMServiceStatus | undefined, next: ECSMServiceStatus, observedMs: number): number {
    if (before === next) {
      // Better for a while, and as it was again before anybody was told.
      if (this.#betterSinceMs !== undefined) this.#fall(observedMs);
      return 0;
    }
    const isAtRest = isSameRest(before, next);
    if (isAtRest && isWorse(before, next)) {
      // What gets worse step by step has fallen once.
      if (!this.#isDown || this.#betterSinceMs !== undefined) this.#fall(observedMs);
      return 0;
    }
    const leftMs = isAtRest ? this.#leftMs(observedMs) : 0;
    if (leftMs > 0) return leftMs;
    if (!isAtRest || readyOf(next) > readyOf(before)) this.#isDown = false;
    this.#betterSinceMs = undefined;
    return 0;
  }

  #fall(observedMs: number): void {
    this.#relapses = observedMs - this.#relapsedMs >= forgottenMs ? 1 : this.#relapses + 1;
    this.#relapsedMs = observedMs;
    this.#isDown = true;
    this.#betterSinceMs = undefined;
  }

  #leftMs(observedMs: number): number {
    const extra = this.#relapses - freeRelapses;
    if (extra <= 0 || observedMs - this.#relapsedMs >= forgottenMs) return 0;
    this.#betterSinceMs ??= observedMs;
    const holdMs = Math.min(firstHoldMs * 2 ** (extra - 1), maxHoldMs);
    return Math.max(0, this.#betterSinceMs + holdMs - observedMs);
  }
}

/** Whether two states are of the same rollout, after its end. */
function isSameRest(before: ECSMServiceStatus | undefined, next: ECSMServiceStatus): before is ECSMServiceStatus {
  return [before, next].every(isRolloutComplete) && before?.observedGeneration === next.observedGeneration;
}

function isWorse(before: ECSMServiceStatus, next: ECSMServiceStatus): boolean {
  return (
    readyOf(next) < readyOf(before) ||
    bad.some(([type, status]) => conditionChange(before, next, type)?.status === status)
  );
}

function readyOf({ readyReplicas = 0 }: ECSMServiceStatus): number {
  return readyReplicas;
}
