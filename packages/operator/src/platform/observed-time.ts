import type { Clock } from '@ecsm/api-types';

/**
 * Time during which the platform was observed.
 *
 * Deadlines and graces count by it, so that nothing is held against a service for an outage in which nobody could look.
 */
export class ObservedTime {
  readonly #clock: Clock;
  /** Observed milliseconds up to the last look. */
  #totalMs = 0;
  /** When the last look succeeded; `undefined` while the platform does not answer. */
  #lastLookMs: number | undefined;
  /** The longest time one look vouches for. */
  #vouchMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds; never goes back, and stands still in an outage. */
  get nowMs(): number {
    if (this.#lastLookMs === undefined) return this.#totalMs;
    return this.#totalMs + Math.min(this.#clock.monotonicNow() - this.#lastLookMs, this.#vouchMs);
  }

  /** The platform was seen; the next look is due within `nextLookMs`. */
  looked(nextLookMs: number): void {
    this.#totalMs = this.nowMs;
    this.#lastLookMs = this.#clock.monotonicNow();
    this.#vouchMs = 2 * nextLookMs;
  }

  /** The platform did not answer. */
  failed(): void {
    this.#totalMs = this.nowMs;
    this.#lastLookMs = undefined;
  }
}
