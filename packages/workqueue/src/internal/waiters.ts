interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
}

/** Promises that wait for their turn, first come first served, and leave no listener on a signal behind. */
export class Waiters<T> {
  readonly #waiting = new Set<Waiter<T>>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Waits to be served; rejects with the signal's reason when it aborts first. */
  wait(signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiter: Waiter<T> = {
        resolve,
        signal,
        onAbort: () => {
          this.#waiting.delete(waiter);
          reject(signal?.reason as Error);
        },
      };
      this.#waiting.add(waiter);
      signal?.addEventListener('abort', waiter.onAbort, { once: true });
    });
  }

  /** Serves the one that waits longest. */
  serveFirst(value: T): void {
    for (const waiter of this.#waiting) {
      this.#waiting.delete(waiter);
      waiter.signal?.removeEventListener('abort', waiter.onAbort);
      waiter.resolve(value);
      return;
    }
  }

  serveAll(value: T): void {
    while (this.#waiting.size > 0) this.serveFirst(value);
  }
}
