import { exitCodes, type ProgramIo, type ProgramSignal } from './program-io.js';

/** What to do at signals. */
export interface SignalHandlers {
  /** At the first signal to stop. */
  readonly onStop: (signal: ProgramSignal) => void;
  /** At each SIGHUP of a daemon. */
  readonly onReload: () => void;
}

/**
 * Turns the first SIGINT or SIGTERM into an abort, and the second into an end at once.
 *
 * SIGHUP tells a daemon to read its configuration anew. Where there is a terminal it means that the terminal has gone,
 * and so is a signal to stop.
 */
export class Signals implements Disposable {
  readonly #io: ProgramIo;
  readonly #controller = new AbortController();
  readonly #listeners: readonly (readonly [ProgramSignal, () => void])[];

  constructor(io: ProgramIo, { onStop, onReload }: SignalHandlers) {
    this.#io = io;
    const stop = (signal: ProgramSignal) => (): void => {
      if (this.#controller.signal.aborted) io.exit(exitCodes.forced);
      onStop(signal);
      this.#controller.abort(new StopRequested(signal));
    };
    const hasTerminal = io.stdout.isTTY === true || io.stderr.isTTY === true;
    const onHangUp = hasTerminal ? stop('SIGHUP') : onReload;
    // A terminal that has gone may say so more than once, and what stops has no use for another configuration.
    const hangUp = (): void => {
      if (!this.#controller.signal.aborted) onHangUp();
    };
    this.#listeners = [
      ['SIGINT', stop('SIGINT')],
      ['SIGTERM', stop('SIGTERM')],
      ['SIGHUP', hangUp],
    ];
    for (const [signal, listener] of this.#listeners) io.on(signal, listener);
  }

  /** Aborts at the first signal to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it stops because its terminal has gone. */
  get hungUp(): boolean {
    const { reason } = this.#controller.signal as { readonly reason: unknown };
    return reason instanceof StopRequested && reason.signal === 'SIGHUP';
  }

  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) this.#io.off(signal, listener);
  }
}

/** Why the program stops when it was told to. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
  readonly signal: ProgramSignal;

  constructor(signal: ProgramSignal) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}
