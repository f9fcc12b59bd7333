/** How much is spent on closer looks at services of which nothing is said to have changed. */
export interface DetailPace {
  /**
   * Milliseconds within which the detail of every platform service is read once, as far as the limit allows.
   *
   * @defaultValue `600_000`, or `3_600_000` on a slow link
   */
  readonly rotationMs?: number;
  /**
   * Details read for that in a minute, at most: with more than ten times as many services a round takes longer.
   *
   * @defaultValue `100`
   */
  readonly detailsPerMinute?: number;
}

const defaultRotationMs = 600_000;
const slowLinkRotationMs = 3_600_000;
const defaultDetailsPerMinute = 100;
const minuteMs = 60_000;

/** A pace on a link that is slow or not. */
export type DetailPaceOnLink = DetailPace & { readonly isSlow: boolean };

/** Milliseconds within which everything is looked at closely once. */
export function roundMsOf({
  isSlow,
  rotationMs = isSlow ? slowLinkRotationMs : defaultRotationMs,
}: DetailPaceOnLink): number {
  return rotationMs;
}

/**
 * Shares out closer looks evenly over time: lists tell nearly every change, and what they do not tell is found within a round.
 *
 * Given to those first whose last was longest ago, they come to each within a round. What they cost is bounded whatever the
 * number of services, and an outage leaves no debt of looks to be paid at once. A start begins with what one minute
 * brings at most, since nobody knows what has happened before it: a small system is looked through at once.
 */
export class DetailRotation {
  /** Observed time up to which looks have been shared out. */
  #sharedMs: number | undefined;

  /** How many services are due for a closer look now, of so many. */
  take(services: number, observedMs: number, pace: DetailPaceOnLink): number {
    const { detailsPerMinute = defaultDetailsPerMinute } = pace;
    const perMs = Math.min(services / roundMsOf(pace), detailsPerMinute / minuteMs);
    if (this.#sharedMs === undefined) {
      this.#sharedMs = observedMs;
      return Math.floor(Math.min(services, detailsPerMinute));
    }
    const count = Math.floor((observedMs - this.#sharedMs) * perMs);
    // What is left of a look counts for the next.
    if (count > 0) this.#sharedMs += count / perMs;
    return count;
  }
}
