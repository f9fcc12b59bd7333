import type { Clock, Timer } from '@ecsm/api-types';

/** Limits of a {@link RequestGate}. */
export interface GateLimits {
  /** Requests in flight at once. */
  readonly maxConcurrent: number;
  /** Requests started per second, on average; `Infinity` for no limit. */
  readonly perSecond: number;
  /** Requests that may start at once after a quiet time. */
  readonly burst: number;
}

interface Waiter {
  readonly enter: () => void;
}

/** Lets requests through one after another, so that neither their number nor their rate exceeds the limits. */
export class RequestGate {
  readonly #limits: GateLimits;
  readonly #clock: Clock;
  // A Set keeps the order of arrival and forgets an aborted waiter in constant time.
  readonly #waiting = new Set<Waiter>();
  #inFlight = 0;
  #tokens: number;
  #refilledAt: number;
  #closedUntil = -Infinity;
  #timer: Timer | undefined;

  constructor(limits: GateLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#tokens = limits.burst;
    this.#refilledAt = clock.monotonicNow();
  }

  /** Requests in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Waits for a turn; the returned function ends the request and must be called once. Rejects with the signal's reason. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.size > 0 || !this.#tryTake()) await this.#wait(signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inFlight--;
      this.#admit();
    };
  }

  /** Lets nobody in for the next `ms` milliseconds, as the server asked. */
  pause(ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, this.#clock.monotonicNow() + ms);
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        this.#waiting.delete(waiter);
        // The caller's reason is handed on as given.
        reject(signal.reason as Error);
        this.#admit();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiter);
      this.#admit();
    });
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (!this.#tryTake()) break;
      this.#waiting.delete(waiter);
      waiter.enter();
    }
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#waiting.size > 0 && this.#inFlight < this.#limits.maxConcurrent) {
      this.#timer = this.#clock.setTimer(() => {
        this.#timer = undefined;
        this.#admit();
      }, this.#opensInMs());
    }
  }

  #tryTake(): boolean {
    if (this.#inFlight >= this.#limits.maxConcurrent || this.#opensInMs() > 0) return false;
    if (this.#limits.perSecond !== Infinity) this.#tokens -= 1;
    this.#inFlight++;
    return true;
  }

  #opensInMs(): number {
    const now = this.#clock.monotonicNow();
    const pausedMs = Math.max(0, this.#closedUntil - now);
    const { perSecond, burst } = this.#limits;
    if (perSecond === Infinity) return pausedMs;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#refilledAt) / 1000) * perSecond);
    this.#refilledAt = now;
    // Rounding may leave a hair less than one token at the moment it is due.
    const missing = 1 - this.#tokens;
    return Math.max(pausedMs, missing <= 1e-9 ? 0 : (missing / perSecond) * 1000);
  }
}
