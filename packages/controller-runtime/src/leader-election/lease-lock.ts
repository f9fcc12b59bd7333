import { randomUUID } from 'node:crypto';

import {
  apiVersionOf,
  checkOptions,
  isNotFoundError,
  Lease,
  must,
  required,
  sleep,
  systemClock,
  type AbortableOptions,
  type Clock,
  type LeaseSpec,
  type ObjectKey,
  type OptionRules,
  type ResourceClient,
  type ResourceClients,
  type Stored,
} from '@ecsm/api-types';

import type { AcquireOptions, LeaderLock, Leadership } from './leader-lock.js';
import { mayPass } from './may-pass.js';
import { LeaseLeadership } from './lease-leadership.js';

/** Options of {@link LeaseLock}. */
export interface LeaseLockOptions {
  readonly clients: ResourceClients;
  /** Name of the Lease object. */
  readonly name: string;
  /** @defaultValue `'default'` */
  readonly namespace?: string;
  /**
   * Who asks: different for every process.
   *
   * @defaultValue random
   */
  readonly identity?: string;
  /**
   * How long others wait after the last sign they saw of the leader before they take over, in milliseconds.
   *
   * @defaultValue `15_000`
   */
  readonly leaseDurationMs?: number;
  /**
   * How long the leader goes on leading without a successful renewal, in milliseconds; less than `leaseDurationMs`.
   *
   * @defaultValue `10_000`
   */
  readonly renewDeadlineMs?: number;
  /**
   * Time between attempts to get or to renew the lease, in milliseconds; 1.2 times it is less than `renewDeadlineMs`.
   *
   * @defaultValue `2_000`
   */
  readonly retryPeriodMs?: number;
  readonly clock?: Clock;
  /** Source of jitter, a number from 0 up to 1. @defaultValue `Math.random` */
  readonly random?: () => number;
}

const rules: OptionRules<LeaseLockOptions> = {
  clients: required(must.beObject),
  name: required(must.beText),
  namespace: must.beText,
  // An empty one is nobody's: several processes would lead.
  identity: must.beText,
  leaseDurationMs: must.beAbove(0),
  renewDeadlineMs: must.beAbove(0),
  retryPeriodMs: must.beAbove(0),
  clock: must.beObject,
  random: must.beFunction,
};

/** Attempts are spread by up to this share, so that waiting processes do not all ask at once; same as client-go's. */
const jitterFactor = 1.2;

/** Which version of the lease was last read, and when it was new: other machines' clocks are never trusted. */
interface Observation {
  readonly resourceVersion: string;
  /** On the monotonic clock. */
  readonly at: number;
}

/**
 * Leads by a Lease object, for stores that several machines share.
 *
 * The leader renews the lease; another process takes over only after it has itself seen no renewal for
 * `leaseDurationMs`. The leader stops earlier, `renewDeadlineMs` after its last success, so that their times cannot
 * overlap however wrong their wall clocks are.
 */
export class LeaseLock implements LeaderLock {
  readonly name: string;
  readonly identity: string;
  readonly #leases: ResourceClient<Lease>;
  readonly #key: ObjectKey & { readonly namespace: string };
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  #seen: Observation | undefined;

  /** @throws TypeError or RangeError when an option is missing or makes no sense, or the times do not fit together */
  constructor(options: LeaseLockOptions) {
    checkOptions('a lease lock', options, rules);
    const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options; // same as client-go's
    if (!(renewDeadlineMs > retryPeriodMs * jitterFactor)) {
      throw new RangeError(
        `renewDeadlineMs must be above ${jitterFactor} × retryPeriodMs (${retryPeriodMs}), got ${renewDeadlineMs}`,
      );
    }
    if (!(leaseDurationMs > renewDeadlineMs && leaseDurationMs < Infinity)) {
      throw new RangeError(
        `leaseDurationMs must be finite and above renewDeadlineMs (${renewDeadlineMs}), got ${leaseDurationMs}`,
      );
    }
    this.name = options.name;
    this.identity = options.identity ?? randomUUID();
    this.#leases = options.clients.resource(Lease);
    this.#key = { namespace: options.namespace ?? 'default', name: options.name };
    this.#leaseDurationMs = leaseDurationMs;
    this.#renewDeadlineMs = renewDeadlineMs;
    this.#retryPeriodMs = retryPeriodMs;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
  }

  async acquire({ signal, onSlowRenewal }: AcquireOptions = {}): Promise<Leadership> {
    for (;;) {
      signal?.throwIfAborted();
      const askedAt = this.#clock.monotonicNow();
      const lease = await this.#tryAcquire(signal);
      if (lease !== undefined) {
        const leadership = new LeaseLeadership({
          clock: this.#clock,
          identity: this.identity,
          leases: this.#leases,
          leaseDurationMs: this.#leaseDurationMs,
          renewDeadlineMs: this.#renewDeadlineMs,
          retryPeriodMs: this.#retryPeriodMs,
          lease,
          renewedAt: askedAt,
          onSlowRenewal,
        });
        if (!signal?.aborted) return leadership;
        await leadership.release();
        throw signal.reason;
      }
      await sleep(this.#clock, this.#retryPeriodMs * (1 + (jitterFactor - 1) * this.#random()), { signal });
    }
  }

  /** Takes the lease if it may be taken; `undefined` when it may not now, or the store does not say. */
  async #tryAcquire(signal: AbortSignal | undefined): Promise<Stored<Lease> | undefined> {
    const options = signal === undefined ? {} : { signal };
    try {
      const lease = await this.#read(options);
      if (lease === undefined) return await this.#create(options);
      const now = this.#clock.monotonicNow();
      if (this.#seen?.resourceVersion !== lease.metadata.resourceVersion) {
        this.#seen = { resourceVersion: lease.metadata.resourceVersion, at: now };
      }
      if (!this.#mayTake(lease.spec, now - this.#seen.at)) return undefined;
      return await this.#leases.update({ ...lease, spec: this.#taken(lease.spec) }, options);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      // Lost to another process, or not to be reached: in either case the next attempt tells.
      if (mayPass(error)) return undefined;
      throw error;
    }
  }

  async #read(options: AbortableOptions): Promise<Stored<Lease> | undefined> {
    try {
      return await this.#leases.get(this.#key, options);
    } catch (error) {
      if (isNotFoundError(error)) return undefined;
      throw error;
    }
  }

  #create(options: AbortableOptions): Promise<Stored<Lease>> {
    const spec = { ...this.#taken({}), leaseTransitions: 0 };
    return this.#leases.create(
      { apiVersion: apiVersionOf(Lease), kind: Lease.kind, metadata: this.#key, spec },
      options,
    );
  }

  #mayTake({ holderIdentity = '', leaseDurationSeconds = 0 }: LeaseSpec, unchangedForMs: number): boolean {
    return holderIdentity === '' || holderIdentity === this.identity || unchangedForMs >= leaseDurationSeconds * 1000;
  }

  /** The lease in this process's hands: one's own stays as it was, any other has changed hands once more. */
  #taken(before: LeaseSpec): LeaseSpec {
    const now = new Date(this.#clock.now()).toISOString();
    const own = before.holderIdentity === this.identity;
    return {
      holderIdentity: this.identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
      acquireTime: own ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (before.leaseTransitions ?? 0) + (own ? 0 : 1),
    };
  }
}
