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
    const take = (next: IteratorResult<V, unknown>): void => {
      if (isOver) return;
      try {
        if (next.done === true) {
          end(resolve);
          return;
        }
        each(next.value);
      } catch (error) {
        fail(error as Error);
        return;
      }
      const { value } = next;
      void othersFirst.then(() => goOn(value));
    };
    const goOn = (value: V): void => {
      if (isOver) return;
      try {
        afterwards(value);
      } catch (error) {
        fail(error as Error);
        return;
      }
      pull();
    };
    const pull = (): void => {
      if (isOver) return;
      try {
        void Promise.resolve(iterator.next()).then(take, fail);
      } catch (error) {
        fail(error as Error);
      }
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    else pull();
  });
}
