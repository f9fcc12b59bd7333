import { systemClock, type Clock } from '@ecsm/api-types';

/** What may be spent on the link to the platform, per minute. */
export interface LinkLimits {
  /** @defaultValue no limit */
  readonly requests?: number | undefined;
  /** Bytes of requests and answers together. @defaultValue no limit */
  readonly bytes?: number | undefined;
}

/** What has been spent since the start. */
export interface LinkSpent {
  readonly requests: number;
  readonly bytes: number;
}

/** What a request and its answer cost beside their bodies: lines, headers, acknowledgements. */
const overheadBytes = 600;
const minuteMs = 60_000;

/** An allowance that fills up again evenly, to what one minute brings at most. */
class Allowance {
  #left: number;
  #filledAt: number;
  #perMinute: number;

  constructor(perMinute: number, now: number) {
    this.#perMinute = perMinute;
    this.#left = perMinute;
    this.#filledAt = now;
  }

  setLimit(perMinute: number, now: number): void {
    this.#fill(now);
    this.#perMinute = perMinute;
    this.#left = Math.min(this.#left, perMinute);
  }

  spend(amount: number, now: number): void {
    this.#fill(now);
    this.#left -= amount;
  }

  /** Milliseconds until there is so much. */
  waitMs(amount: number, now: number): number {
    if (this.#perMinute === Infinity) return 0;
    this.#fill(now);
    // A hair may be missing at the moment it is due.
    const missing = amount - this.#left;
    return missing <= 1e-9 ? 0 : Math.ceil((missing / this.#perMinute) * minuteMs);
  }

  #fill(now: number): void {
    if (this.#perMinute === Infinity) this.#left = Infinity;
    else this.#left = Math.min(this.#perMinute, this.#left + ((now - this.#filledAt) / minuteMs) * this.#perMinute);
    this.#filledAt = now;
  }
}

/**
 * Keeps the link to the platform within a budget: for links that are paid by the byte or shared with others.
 *
 * A request goes out when there is a request left, and when the bytes of earlier ones are paid for: what an answer will
 * take nobody knows beforehand, so a large one makes the next wait. In every span of minutes no more is spent than those
 * minutes bring, plus one minute's worth at the beginning, plus one answer.
 */
export class LinkBudget {
  readonly #clock: Clock;
  readonly #requests: Allowance;
  readonly #bytes: Allowance;
  #limits: LinkLimits;
  #spent = { requests: 0, bytes: 0 };

  constructor(limits: LinkLimits, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#limits = limits;
    const now = clock.monotonicNow();
    this.#requests = new Allowance(limits.requests ?? Infinity, now);
    this.#bytes = new Allowance(limits.bytes ?? Infinity, now);
  }

  /** What has been spent since the start. */
  get spent(): LinkSpent {
    return this.#spent;
  }

  /** Changes the budget, from now on. */
  setLimits(limits: LinkLimits): void {
    this.#limits = limits;
    const now = this.#clock.monotonicNow();
    this.#requests.setLimit(limits.requests ?? Infinity, now);
    this.#bytes.setLimit(limits.bytes ?? Infinity, now);
  }

  /** Lets a request go out; else returns how many milliseconds are missing. */
  take(): number {
    const now = this.#clock.monotonicNow();
    const waitMs = Math.max(this.#requests.waitMs(1, now), this.#bytes.waitMs(0, now));
    if (waitMs > 0) return waitMs;
    this.#requests.spend(1, now);
    this.#spent = { ...this.#spent, requests: this.#spent.requests + 1 };
    return 0;
  }

  /** Notes what a request and its answer took; returns that with what is not in their bodies. */
  pay(bodyBytes: number): number {
    const bytes = bodyBytes + overheadBytes;
    this.#bytes.spend(bytes, this.#clock.monotonicNow());
    this.#spent = { ...this.#spent, bytes: this.#spent.bytes + bytes };
    return bytes;
  }

  /**
   * How long to wait between looks that cost so much, so that they take no more than half of the budget: milliseconds.
   * The other half is for what is to be done.
   */
  paceMs(cost: LinkSpent): number {
    const { requests = Infinity, bytes = Infinity } = this.#limits;
    return Math.ceil(2 * minuteMs * Math.max(cost.requests / requests, cost.bytes / bytes));
  }

  /** How many requests a minute that take so many bytes each fit into a part of the budget; `Infinity` without limits. */
  requestsIn(part: number, bytesEach: number): number {
    const { requests = Infinity, bytes = Infinity } = this.#limits;
    return part * Math.min(requests, bytes / bytesEach);
  }
}
