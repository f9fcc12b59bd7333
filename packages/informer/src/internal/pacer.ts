import type { Clock } from '@ecsm/api-types';

/** How long work may go on before other work gets a turn; well under the 10 ms that an informer promises. */
const defaultBudgetMs = 2;

/** Lets long work stop for breath, so that it never holds the event loop for long. */
export class Pacer {
  readonly #clock: Clock;
  readonly #budgetMs: number;
  #startedAt: number;

  constructor(clock: Clock, budgetMs: number = defaultBudgetMs) {
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#startedAt = clock.monotonicNow();
  }

  /** Whether it is time to call {@link Pacer.breathe}. */
  get isDue(): boolean {
    return this.#clock.monotonicNow() - this.#startedAt >= this.#budgetMs;
  }

  /** Gives the event loop one turn. */
  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#startedAt = this.#clock.monotonicNow();
  }
}
