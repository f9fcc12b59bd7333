import type { Clock } from '@ecsm/api-types';

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
