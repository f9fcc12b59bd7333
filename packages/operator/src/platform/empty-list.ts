/** For how long a list must show nothing before services are taken for gone because of it: observed milliseconds. */
const believedAfterMs = 10_000;

/**
 * Doubts a platform that lists no service at all: one that has just started, or has lost its database for a moment, looks
 * like that, and believing it would make everything anew.
 */
export class EmptyList {
  #sinceMs: number | undefined;

  /** Notes how many services a complete list has shown. */
  looked(count: number, observedMs: number): void {
    if (count > 0) this.#sinceMs = undefined;
    else this.#sinceMs ??= observedMs;
  }

  /** Milliseconds of observed time for which what the list does not show is not to be taken for gone yet. */
  doubtMs(observedMs: number): number {
    return this.#sinceMs === undefined ? 0 : Math.max(0, this.#sinceMs + believedAfterMs - observedMs);
  }
}
