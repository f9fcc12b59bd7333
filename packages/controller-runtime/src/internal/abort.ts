import type { Clock } from '@ecsm/api-types';

/** Waits; rejects with the signal's reason when it aborts first. Leaves neither timer nor listener behind. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Waits for a promise; rejects with the signal's reason when it aborts first, while the promise goes on. */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    onAbort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** Whether a promise settles within a time; it goes on either way. A time of `Infinity` waits without limit. */
export async function settlesWithin(clock: Clock, promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  if (timeoutMs === Infinity) return settled;
  let cancel = (): void => undefined;
  const late = new Promise<false>((resolve) => {
    const timer = clock.setTimer(() => {
      resolve(false);
    }, timeoutMs);
    cancel = () => {
      timer.cancel();
    };
  });
  const inTime = await Promise.race([settled, late]);
  cancel();
  return inTime;
}
