import type { Clock } from '@ecsm/api-types';

/** How long work may go on before other work gets a turn; well under the 10 ms that an informer promises. */
const defaultBudgetMs = 2;

/** Looking at the clock costs as much as a step of the work: after fast steps it is looked at once in so many. */
const maxStepsBetweenLooks = 16;

/** Lets long work stop for breath, so that it never holds the event loop for long. */
export class Pacer {
  readonly #clock: Clock;
  readonly #budgetMs: number;
  #startedAt: number;
  #lookedAt: number;
  #stepsBetweenLooks = 1;
  #stepsToLook = 1;

  constructor(clock: Clock, budgetMs: number = defaultBudgetMs) {
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#startedAt = this.#lookedAt = clock.monotonicNow();
  }

  /** To be called after each step of the work; tells whether it is time to call {@link Pacer.breathe}. */
  step(): boolean {
    if (--this.#stepsToLook > 0) return false;
    const now = this.#clock.monotonicNow();
    const isFast = (now - this.#lookedAt) * maxStepsBetweenLooks < this.#budgetMs * this.#stepsBetweenLooks;
    this.#stepsBetweenLooks = isFast ? Math.min(2 * this.#stepsBetweenLooks, maxStepsBetweenLooks) : 1;
    this.#stepsToLook = this.#stepsBetweenLooks;
    this.#lookedAt = now;
    return now - this.#startedAt >= this.#budgetMs;
  }

  /**
   * Works through items, with pauses.
   *
   * @throws the signal's reason when it has aborted in a pause
   */
  async through<I>(items: Iterable<I>, work: (item: I) => void, signal: AbortSignal): Promise<void> {
    const iterator = items[Symbol.iterator]();
    while (!this.#workOn(iterator, work)) {
      await this.breathe();
      signal.throwIfAborted();
    }
  }

  /**
   * Works until it is time to breathe; returns whether nothing is left. Not part of an asynchronous function, since those
   * take the engine several times as long to compile.
   */
  #workOn<I>(items: Iterator<I>, work: (item: I) => void): boolean {
    for (;;) {
      const next = items.next();
      if (next.done === true) return true;
      work(next.value);
      if (this.step()) return false;
    }
  }

  /** Gives the event loop one turn. */
  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#startedAt = this.#lookedAt = this.#clock.monotonicNow();
  }
}
