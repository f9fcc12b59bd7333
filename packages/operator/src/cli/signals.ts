import { exitCodes, type ProgramIo, type ProgramSignal } from './program-io.js';

/** Turns the first SIGINT or SIGTERM into an abort, and the second into an end at once. */
export class Signals implements Disposable {
  readonly #io: ProgramIo;
  readonly #controller = new AbortController();
  readonly #listeners: readonly (readonly [ProgramSignal, () => void])[];

  constructor(io: ProgramIo, onFirst: (signal: ProgramSignal) => void) {
    this.#io = io;
    this.#listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => [
      signal,
      () => {
        if (this.#controller.signal.aborted) io.exit(exitCodes.forced);
        onFirst(signal);
        this.#controller.abort(new StopRequested(signal));
      },
    ]);
    for (const [signal, listener] of this.#listeners) io.on(signal, listener);
  }

  /** Aborts at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) this.#io.off(signal, listener);
  }
}

/** Why the program stops when it was told to. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';

  constructor(signal: ProgramSignal) {
    super(`stopped by ${signal}`);
  }
}
