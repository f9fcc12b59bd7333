import type { ECSMHpa, ECSMService, Stored } from '@ecsm/api-types';
import {
  beginScaleHistory,
  resolveBehavior,
  withScaleEvent,
  type AutoscaleDecision,
  type ScaleHistory,
} from '@ecsm/planner';

/** Looks at metrics farther apart than this many periods are no series. */
const gapPeriods = 3;

/**
 * What an autoscaler remembers in this process. Times are milliseconds in which the platform was observed.
 *
 * It outlives neither the process nor a change of target, nor a gap longer than the stabilisation window; then it begins
 * anew with the present number, so that nothing is taken away before a whole window has been seen again.
 */
export class AutoscalerMemory {
  /** Looks in a row whose metrics could not be read. */
  misses = 0;
  /** When the status was last written, on the monotonic clock. */
  writtenAtMs = -Infinity;
  readonly #periodMs: number;
  #hpaUid: string | undefined;
  #targetUid: string | undefined;
  #history: ScaleHistory | undefined;
  #lastMs = 0;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /** What to decide with now. */
  history(hpa: Stored<ECSMHpa>, target: Stored<ECSMService>, current: number, observedMs: number): ScaleHistory {
    const { scaleUp, scaleDown } = resolveBehavior(hpa.spec.behavior);
    const windowMs = Math.max(scaleUp.stabilizationWindowMs, scaleDown.stabilizationWindowMs);
    const longestGapMs = Math.max(windowMs, gapPeriods * this.#periodMs);
    const same = this.#hpaUid === hpa.metadata.uid && this.#targetUid === target.metadata.uid;
    if (this.#history !== undefined && same && observedMs - this.#lastMs <= longestGapMs) return this.#history;
    // An autoscaler nobody ever looked at has changed nothing yet.
    const resumed = hpa.status?.observedGeneration !== undefined;
    this.#hpaUid = hpa.metadata.uid;
    this.#targetUid = target.metadata.uid;
    this.#lastMs = observedMs;
    this.#history = beginScaleHistory(current, observedMs, resumed);
    return this.#history;
  }

  /** Takes a decision in that was carried out, or had nothing to carry out. */
  decided(hpa: ECSMHpa, current: number, decision: AutoscaleDecision, observedMs: number): void {
    const change = decision.replicas - current;
    this.#history =
      change === 0
        ? decision.history
        : withScaleEvent(decision.history, change, resolveBehavior(hpa.spec.behavior), observedMs);
    if (decision.followed !== undefined) this.#lastMs = observedMs;
  }
}
