import type { Clock, Timer } from '@ecsm/api-types';

/** A block of the event loop, noticed afterwards. */
export interface LoopBlock {
  /** How long at least, in milliseconds. */
  readonly blockedMs: number;
  /** What ran meanwhile, for instance `database "default/main"`; one of them is to blame, or the process was suspended. */
  readonly suspects: readonly string[];
}

/** How many suspects are named. */
const maxSuspects = 16;

/**
 * Notices that something blocked the event loop while runs were in flight: a timer that comes late tells.
 *
 * It ticks only while runs happen, so that an idle program stays idle.
 */
export class LoopMonitor {
  readonly #clock: Clock;
  readonly #thresholdMs: number;
  readonly #onBlock: (block: LoopBlock) => void;
  readonly #running = new Set<object>();
  readonly #suspects = new Map<object, string>();
  #timer: Timer | undefined;
  #dueAt = 0;

  /** @param thresholdMs - every block at least this long is reported, some shorter ones too */
  constructor(clock: Clock, thresholdMs: number, onBlock: (block: LoopBlock) => void) {
    this.#clock = clock;
    this.#thresholdMs = thresholdMs;
    this.#onBlock = onBlock;
  }

  /** A run began. */
  begin(run: object, name: string): void {
    this.#running.add(run);
    if (this.#suspects.size < maxSuspects) this.#suspects.set(run, name);
    if (this.#timer === undefined) this.#arm();
  }

  /** A run ended. */
  end(run: object): void {
    this.#running.delete(run);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#running.clear();
    this.#suspects.clear();
  }

  #arm(): void {
    const intervalMs = this.#thresholdMs / 2;
    this.#dueAt = this.#clock.monotonicNow() + intervalMs;
    this.#timer = this.#clock.setTimer(() => this.#tick(), intervalMs, { keepAlive: false });
  }

  #tick(): void {
    this.#timer = undefined;
    const lateMs = this.#clock.monotonicNow() - this.#dueAt;
    if (lateMs >= this.#thresholdMs / 2) {
      this.#onBlock({ blockedMs: Math.round(lateMs), suspects: [...new Set(this.#suspects.values())] });
    }
    for (const run of this.#suspects.keys()) if (!this.#running.has(run)) this.#suspects.delete(run);
    if (this.#running.size > 0) this.#arm();
  }
}
