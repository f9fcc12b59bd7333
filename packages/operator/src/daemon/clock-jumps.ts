import type { Clock } from '@ecsm/api-types';

/** What clocks drift apart and are slewed by stays below this: milliseconds. */
const noticeableMs = 2000;

/** Notices that the wall clock was set, by comparing it with the monotonic one whenever it is asked. */
export class ClockJumps {
  readonly #clock: Clock;
  readonly #onJump: (jumpMs: number) => void;
  #offset: number;

  constructor(clock: Clock, onJump: (jumpMs: number) => void) {
    this.#clock = clock;
    this.#onJump = onJump;
    this.#offset = clock.now() - clock.monotonicNow();
  }

  /** Compares. */
  look(): void {
    const offset = this.#clock.now() - this.#clock.monotonicNow();
    const jumpMs = Math.round(offset - this.#offset);
    this.#offset = offset;
    if (Math.abs(jumpMs) >= noticeableMs) this.#onJump(jumpMs);
  }
}
