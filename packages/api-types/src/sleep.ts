import type { Clock, TimerOptions } from './clock.js';

/** Options of {@link sleep}. */
export interface SleepOptions extends TimerOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits; rejects with the signal's reason when it aborts first. Leaves neither timer nor listener behind.
 *
 * @example
 * ```ts
 * await sleep(clock, 500, { signal });
 * ```
 */
export function sleep(clock: Clock, delayMs: number, options: SleepOptions = {}): Promise<void> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      delayMs,
      options,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Waits like {@link sleep}, for loops that end without a word: `false` when the signal aborted first. */
export async function slept(
  clock: Clock,
  delayMs: number,
  options: SleepOptions & { readonly signal: AbortSignal },
): Promise<boolean> {
  return sleep(clock, delayMs, options).then(
    () => true,
    () => false,
  );
}
