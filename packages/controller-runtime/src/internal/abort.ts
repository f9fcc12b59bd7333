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

/** Waits; `false` when the signal aborted first. */
export async function slept(clock: Clock, delayMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(clock, delayMs, signal);
    return true;
  } catch {
    return false;
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
