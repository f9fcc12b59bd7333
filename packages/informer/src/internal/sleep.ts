import type { Clock } from '@ecsm/api-types';

/** Waits; resolves early when the signal aborts, and leaves neither timer nor listener behind. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal, keepAlive = true): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.setTimer(finish, ms, { keepAlive });
    signal.addEventListener('abort', finish, { once: true });
  });
}
