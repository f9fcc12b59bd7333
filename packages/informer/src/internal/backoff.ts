import type { BackoffOptions } from '../informer-options.js';

/** Counts failures in a row and says how long to wait after the latest. */
export class Backoff {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #jitter: number;
  readonly #random: () => number;
  /** How long an attempt has to last to count as a success. */
  readonly calmMs: number;
  #failures = 0;

  constructor({ baseMs = 500, maxMs = 30_000, calmMs = 10_000, jitter = 0.2 }: BackoffOptions, random: () => number) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#jitter = jitter;
    this.#random = random;
    this.calmMs = calmMs;
  }

  get failures(): number {
    return this.#failures;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Counts a failure and returns the milliseconds to wait. */
  failed(): number {
    const delayMs = Math.min(this.#baseMs * 2 ** this.#failures, this.#maxMs);
    this.#failures++;
    return delayMs * (1 - this.#jitter * this.#random());
  }
}
