/** Settled for ever: what is chained to it runs when others that wait for their turn have had it. */
const othersFirst = Promise.resolve();

/**
 * Calls back for each value in the turn in which it comes, until the iterable ends or fails, a call throws, or the signal
 * aborts: then it rejects with the signal's reason. The iterable is told to end, and not waited for.
 *
 * Whom `each` has woken by settled promises has his turn before `afterwards` is called, and then the next value is asked
 * for. A loop that races each value with the signal would set up and take back a listener every time, ahead of the call.
 */
export function forEachUntilAborted<V>(
  values: AsyncIterable<V>,
  signal: AbortSignal,
  each: (value: V) => void,
  afterwards: (value: V) => void,
): Promise<void> {
  const iterator = values[Symbol.asyncIterator]();
  return new Promise<void>((resolve, reject) => {
    let isOver = false;
    const end = (settle: () => void): void => {
      isOver = true;
      signal.removeEventListener('abort', abort);
      // An iterable that fails while being left has nothing more to say.
      void othersFirst.then(() => iterator.return?.()).catch(() => undefined);
      settle();
    };
    const fail = (error: Error): void => {
      if (!isOver) end(() => reject(error));
    };
    const abort = (): void => fail(signal.reason as Error);
    const attempt = (step: () => void): void => {
      if (isOver) return;
      try {
        step();
      } catch (error) {
        fail(error as Error);
      }
    };
    const take = (next: IteratorResult<V, unknown>): void =>
      attempt(() => {
        if (next.done === true) {
          end(resolve);
          return;
        }
        const { value } = next;
        each(value);
        void othersFirst.then(() =>
          attempt(() => {
            afterwards(value);
            pull();
          }),
        );
      });
    const pull = (): void => attempt(() => void Promise.resolve(iterator.next()).then(take, fail));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else pull();
  });
}
