import {
  isConflictError,
  isNotFoundError,
  keyOf,
  sharedAbortController,
  untilAborted,
  type Clock,
  type Lease,
  type ResourceClient,
  type Stored,
  type Timer,
} from '@ecsm/api-types';

import { LeaseLostError } from '../errors/lease-lost-error.js';
import type { Leadership } from './leader-lock.js';

/** What {@link LeaseLeadership} needs of its lock. */
export interface LeaseLeadershipOptions {
  readonly clock: Clock;
  readonly identity: string;
  readonly leases: ResourceClient<Lease>;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
  /** As it was acquired. */
  readonly lease: Stored<Lease>;
  /** When the write that acquired it was begun, on the monotonic clock. */
  readonly renewedAt: number;
  /** Hears of each renewal that reads before it writes. */
  readonly onSlowRenewal?: (() => void) | undefined;
}

/** Keeps a lease by renewing it, and knows when it can no longer be counted on. */
export class LeaseLeadership implements Leadership {
  readonly fencingToken: number;
  readonly #options: LeaseLeadershipOptions;
  readonly #lost = sharedAbortController();
  /** The lease as last written, so that a renewal needs no read. */
  #lease: Stored<Lease>;
  /** When the last renewal that succeeded was begun: its effect cannot be older. */
  #renewedAt: number;
  #renewTimer: Timer | undefined;
  #deadlineTimer: Timer | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #released: Promise<void> | undefined;
  #isReleased = false;

  constructor(options: LeaseLeadershipOptions) {
    this.#options = options;
    this.#lease = options.lease;
    this.#renewedAt = options.renewedAt;
    this.fencingToken = options.lease.spec.leaseTransitions ?? 0;
    this.#planRenewal();
    this.#planDeadline();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  assertHeld(): void {
    // By the clock rather than by the timer: a blocked event loop delays timers, and this is asked before each write.
    if (this.#leftMs() <= 0) this.#lose('the lease was not renewed in time');
    this.#lost.signal.throwIfAborted();
    if (this.#released !== undefined) throw this.#error('the lease was released');
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  get #isOver(): boolean {
    return this.#lost.signal.aborted || this.#released !== undefined;
  }

  #leftMs(): number {
    return this.#renewedAt + this.#options.renewDeadlineMs - this.#options.clock.monotonicNow();
  }

  #planRenewal(): void {
    this.#renewTimer = this.#options.clock.setTimer(() => {
      this.#renewing = this.#renew().finally(() => {
        if (!this.#isOver) this.#planRenewal();
      });
    }, this.#options.retryPeriodMs);
  }

  #planDeadline(): void {
    this.#deadlineTimer?.cancel();
    this.#deadlineTimer = this.#options.clock.setTimer(() => {
      if (this.#leftMs() > 0) this.#planDeadline();
      else this.#lose('the lease was not renewed in time');
    }, this.#leftMs());
  }

  /** Renews without a read while nobody else wrote; never rejects, since the deadline judges. */
  async #renew(): Promise<void> {
    const { clock } = this.#options;
    const begunAt = clock.monotonicNow();
    try {
      await this.#write({ renewTime: new Date(clock.now()).toISOString() });
    } catch (error) {
      if (!isConflictError(error) && !isNotFoundError(error)) return;
      this.#options.onSlowRenewal?.();
      try {
        await this.#read();
        if (this.#lease.spec.holderIdentity !== this.#options.identity) {
          this.#lose(`"${this.#lease.spec.holderIdentity ?? ''}" has taken the lease`);
          return;
        }
        await this.#write({ renewTime: new Date(clock.now()).toISOString() });
      } catch {
        return;
      }
    }
    if (this.#isOver) return;
    this.#renewedAt = begunAt;
    this.#planDeadline();
  }

  // Neither is waited for longer than the lead lasts, however long the store hangs.
  async #read(): Promise<void> {
    const { lost } = this;
    this.#lease = await untilAborted(this.#options.leases.get(keyOf(this.#lease), { signal: lost }), lost);
  }

  async #write(change: Partial<Lease['spec']>): Promise<void> {
    const { lost } = this;
    const lease = { ...this.#lease, spec: { ...this.#lease.spec, ...change } };
    this.#lease = await untilAborted(this.#options.leases.update(lease, { signal: lost }), lost);
  }

  async #release(): Promise<void> {
    this.#renewTimer?.cancel();
    try {
      await this.#renewing;
      if (!this.#lost.signal.aborted) await this.#free();
    } finally {
      this.#isReleased = true;
      this.#deadlineTimer?.cancel();
    }
  }

  async #free(): Promise<void> {
    // Nobody's and as good as expired, so that the next process need not wait.
    const freed = {
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: new Date(this.#options.clock.now()).toISOString(),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#write(freed);
        return;
      } catch (error) {
        if (isNotFoundError(error)) return;
        if (!isConflictError(error) || attempt === maxReleaseAttempts) throw error;
        await this.#read();
        if (this.#lease.spec.holderIdentity !== this.#options.identity) return;
      }
    }
  }

  #lose(why: string): void {
    if (this.#lost.signal.aborted || this.#isReleased) return;
    this.#renewTimer?.cancel();
    this.#deadlineTimer?.cancel();
    this.#lost.abort(this.#error(why));
  }

  #error(why: string): LeaseLostError {
    const { identity } = this.#options;
    return new LeaseLostError(`"${identity}" no longer leads: ${why}`, { identity });
  }
}

/** A release that conflicts this often is left to expire. */
const maxReleaseAttempts = 5;
