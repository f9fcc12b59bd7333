/** How many priorities get a label of their own; more would flood a time series database. */
const maxLabels = 25;

/** Gives the first priorities it sees a label of their own, and all later ones a common one. */
export class PriorityLabels {
  readonly #own = new Set<number>();
  #overflowed = false;

  labelOf(priority: number): string {
    if (this.#own.size < maxLabels) this.#own.add(priority);
    if (this.#own.has(priority)) return String(priority);
    this.#overflowed = true;
    return PriorityLabels.overflow;
  }

  /** Every label given out so far. */
  all(): string[] {
    const labels = [...this.#own].map(String);
    return this.#overflowed ? [...labels, PriorityLabels.overflow] : labels;
  }

  static readonly overflow = 'exceeded_cardinality_limit';
}
