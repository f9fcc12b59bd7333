import type { ApiObject } from '../api-object.js';

/** Who holds something that only one may hold, shaped as coordination.k8s.io. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  /**
   * @asType integer
   * @minimum 1
   */
  readonly leaseDurationSeconds?: number;
  /** RFC 3339, UTC. */
  readonly acquireTime?: string;
  /** RFC 3339, UTC. */
  readonly renewTime?: string;
  /**
   * How often the holder has changed; serves as fencing token.
   *
   * @asType integer
   * @minimum 0
   */
  readonly leaseTransitions?: number;
}

/** A lease: the record of leader election. */
export interface Lease extends ApiObject {
  readonly spec: LeaseSpec;
}
