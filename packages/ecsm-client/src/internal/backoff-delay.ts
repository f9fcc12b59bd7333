/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Milliseconds before the first retry. */
  readonly baseMs: number;
  /** Longest pause, in milliseconds. */
  readonly maxMs: number;
}

/**
 * Milliseconds to wait before retry number `retry` (from 1): doubling, with half of it left to chance, so that clients
 * that failed together do not come back together.
 */
export function backoffDelay(retry: number, { baseMs, maxMs }: BackoffOptions, random: () => number): number {
  const full = Math.min(maxMs, baseMs * 2 ** (retry - 1));
  return full * (0.5 + random() / 2);
}
