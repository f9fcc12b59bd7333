/**
 * Waits for something that may never end: settles as the promise does, or rejects with the signal's reason if that comes
 * first. It leaves no listener behind, and what it waited for goes on by itself.
 */
export function untilAborted<V>(promise: PromiseLike<V>, signal: AbortSignal): Promise<V> {
  return new Promise<V>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void Promise.resolve(promise)
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', abort);
      });
  });
}
