import { TimeoutError, type AbortableOptions, type Clock } from '@ecsm/api-types';
import { isBusy } from './sqlite-failure.js';

/** Bounds of the pause before the next try. */
const retryMs = { least: 1, most: 15 };

/** A pause of random length, so that processes that wait for each other do not try in step. */
export function retryDelayMs(random: () => number): number {
  return retryMs.least + random() * (retryMs.most - retryMs.least);
}

/** How a store waits for other processes that use its file. */
export interface Patience {
  readonly path: string;
  readonly clock: Clock;
  readonly busyTimeoutMs: number;
  readonly random: () => number;
}

/** Options of {@link retryWhileBusy}. */
export interface RetryOptions extends Patience, AbortableOptions {
  /** What is being done, for the message, e.g. `opening`. */
  readonly step: string;
}

/**
 * Tries again, without blocking the event loop, while another process is in the way.
 *
 * @throws TimeoutError when it stays there too long
 */
export async function retryWhileBusy<T>(work: () => T | Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, busyTimeoutMs, random, signal } = options;
  const deadline = clock.monotonicNow() + busyTimeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (clock.monotonicNow() >= deadline) throw busyTooLong(options, error);
    }
    await new Promise<void>((resolve) => clock.setTimer(resolve, retryDelayMs(random)));
    signal?.throwIfAborted();
  }
}

/** The error of a step that was given up because other processes were in the way. */
export function busyTooLong(
  options: Pick<RetryOptions, 'step' | 'path' | 'busyTimeoutMs'>,
  cause?: unknown,
): TimeoutError {
  return new TimeoutError({
    message: `${options.step} ${options.path} was given up after ${options.busyTimeoutMs} ms, because other processes kept it busy; nothing was changed, try again or find the process that holds a transaction open`,
    cause,
  });
}
