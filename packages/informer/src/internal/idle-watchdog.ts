import type { Clock, Timer } from '@ecsm/api-types';

/** Aborts something that gives no sign of life for too long. */
export class IdleWatchdog {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onIdle: () => void;
  #timer: Timer | undefined;
  #lastSignAt: number;

  constructor(clock: Clock, limitMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#lastSignAt = clock.monotonicNow();
    this.#arm(limitMs);
  }

  /** Takes note of a sign of life. The timer stays as it is and looks at the note when it fires. */
  sign(at: number): void {
    this.#lastSignAt = at;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(ms: number): void {
    if (ms === Infinity) return;
    this.#timer = this.#clock.setTimer(
      () => {
        const leftMs = this.#lastSignAt + this.#limitMs - this.#clock.monotonicNow();
        if (leftMs > 0) this.#arm(leftMs);
        else this.#onIdle();
      },
      ms,
      { keepAlive: false },
    );
  }
}
