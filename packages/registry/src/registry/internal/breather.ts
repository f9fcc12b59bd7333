/** How long work on many objects may go on before others get their turn; a third of the 10 ms nobody shall wait. */
const maxBusyMs = 3;

/** Gives the event loop a turn when work on many objects has kept it for too long. */
export class Breather {
  #since = performance.now();

  /** Lets others have their turn, and begins anew. */
  async rest(signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#since = performance.now();
  }

  /** Whether it is time for that; asked between objects. */
  get tired(): boolean {
    return performance.now() - this.#since > maxBusyMs;
  }
}
