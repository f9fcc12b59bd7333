import { isConflictError, sleep, systemClock, type AbortableOptions, type Clock } from '@ecsm/api-types';

/** Options of {@link retryOnConflict}. */
export interface RetryOnConflictOptions extends AbortableOptions {
  /**
   * How often the function is called at most.
   *
   * @defaultValue `5`, as client-go's
   */
  readonly attempts?: number;
  /**
   * Milliseconds before the second attempt; each further wait is twice as long, less a random part.
   *
   * @defaultValue `10`
   */
  readonly delayMs?: number;
  readonly clock?: Clock;
}

/**
 * Calls a function again while it fails with a conflict. It must read the object anew each time.
 *
 * Every other failure, and the last conflict, reaches the caller unchanged.
 *
 * @example
 * ```ts
 * await retryOnConflict(async () => {
 *   const service = await services.get('web');
 *   return services.update(edit(service, (draft) => { draft.spec.paused = true; }));
 * });
 * ```
 */
export async function retryOnConflict<Result>(
  attempt: () => Promise<Result>,
  options: RetryOnConflictOptions = {},
): Promise<Result> {
  const { attempts = 5, delayMs = 10, clock = systemClock, signal } = options;
  for (let left = attempts - 1, delay = delayMs; ; left--, delay *= 2) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (left <= 0 || !isConflictError(error)) throw error;
    }
    await sleep(clock, delay * (0.5 + Math.random() / 2), { signal });
  }
}
