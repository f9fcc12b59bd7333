import type { Clock, Timer } from '@ecsm/api-types';

/** Why a {@link CallScope} ended a call. */
export type EndReason = 'timeout' | 'aborted' | 'closed';

/** What a call may spend, and what ends it early: its deadline, the caller's signal, the closing of the client. */
export class CallScope implements Disposable {
  readonly timeoutMs: number;
  readonly #clock: Clock;
  readonly #deadline: number;
  readonly #controller = new AbortController();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #timer: Timer;
  #endedBy: EndReason | undefined;

  constructor(clock: Clock, timeoutMs: number, callerSignal: AbortSignal | undefined) {
    this.timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#deadline = clock.monotonicNow() + timeoutMs;
    this.#callerSignal = callerSignal;
    this.#timer = clock.setTimer(() => this.#end('timeout'), timeoutMs);
    callerSignal?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  /** Aborted when the call is to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get endedBy(): EndReason | undefined {
    return this.#endedBy;
  }

  get remainingMs(): number {
    return this.#deadline - this.#clock.monotonicNow();
  }

  /** Ends the call because the client closes. */
  close(): void {
    this.#end('closed');
  }

  /** Waits; rejects as soon as the call ends. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = this;
      const stop = (): void => {
        timer.cancel();
        reject(signal.reason as Error);
      };
      const timer = this.#clock.setTimer(() => {
        signal.removeEventListener('abort', stop);
        resolve();
      }, ms);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Runs `work` with a signal of its own, aborted with the call or after `limitMs`. */
  async limit<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (limitMs >= this.remainingMs) return await work(this.signal);
    const attempt = new AbortController();
    const stop = (): void => attempt.abort(this.signal.reason);
    const timer = this.#clock.setTimer(() => attempt.abort(new AttemptTimeout()), limitMs);
    if (this.signal.aborted) stop();
    else this.signal.addEventListener('abort', stop, { once: true });
    try {
      return await work(attempt.signal);
    } finally {
      timer.cancel();
      this.signal.removeEventListener('abort', stop);
    }
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#callerSignal?.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = (): void => this.#end('aborted');

  #end(reason: EndReason): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = reason;
    this.#controller.abort(new CallEnded(reason));
  }
}

/** The reason of a {@link CallScope}'s signal; never shown to callers. */
export class CallEnded extends Error {
  override readonly name = 'CallEnded';

  constructor(reason: EndReason) {
    super(`the call ended: ${reason}`);
  }
}

/** The reason of an attempt's signal when only the attempt took too long; never shown to callers. */
export class AttemptTimeout extends Error {
  override readonly name = 'AttemptTimeout';
}
