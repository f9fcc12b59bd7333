/** A series of failures of one key. */
export interface FailureSeries {
  /** How many runs failed in a row. */
  readonly count: number;
  /** When the first of them failed, in milliseconds since the Unix epoch. */
  readonly firstAt: number;
  /** When the next retry is due, on the monotonic clock. */
  readonly retryAt: number;
}

/** The keys that are failing. Keys that do not fail cost nothing. */
export class Failures {
  readonly #series = new Map<string, FailureSeries>();

  get(key: string): FailureSeries | undefined {
    return this.#series.get(key);
  }

  /** Counts one more failure and returns how many there are in a row. */
  add(key: string, nowMs: number): number {
    const before = this.#series.get(key);
    const count = (before?.count ?? 0) + 1;
    this.#series.set(key, { count, firstAt: before?.firstAt ?? nowMs, retryAt: -Infinity });
    return count;
  }

  /** Takes note of when the next retry is due, on the monotonic clock. */
  plan(key: string, retryAt: number): void {
    const series = this.#series.get(key);
    if (series !== undefined) this.#series.set(key, { ...series, retryAt });
  }

  clear(key: string): void {
    this.#series.delete(key);
  }
}
