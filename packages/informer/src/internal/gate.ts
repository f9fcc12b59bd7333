interface Waiter {
  readonly pass: () => void;
  readonly fail: (reason: Error) => void;
}

/** Something to wait for that happens once, or turns out never to happen. */
export class Gate {
  #failure: Error | undefined;
  #isOpen = false;
  readonly #waiters = new Set<Waiter>();

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    if (this.#isOpen || this.#failure !== undefined) return;
    this.#isOpen = true;
    for (const waiter of [...this.#waiters]) waiter.pass();
  }

  /** Fails everybody who waits, now and later; does nothing once the gate is open. */
  bar(reason: Error): void {
    if (this.#isOpen || this.#failure !== undefined) return;
    this.#failure = reason;
    for (const waiter of [...this.#waiters]) waiter.fail(reason);
  }

  /**
   * Waits for the gate to open.
   *
   * @param onAbort - makes the error to reject with when the signal aborts first
   */
  wait(signal: AbortSignal | undefined, onAbort: (reason: unknown) => Error): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (signal?.aborted) return Promise.reject(onAbort(signal.reason));
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', abort);
      };
      const waiter: Waiter = {
        pass: () => {
          leave();
          resolve();
        },
        fail: (reason) => {
          leave();
          reject(reason);
        },
      };
      const abort = (): void => waiter.fail(onAbort(signal?.reason));
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
