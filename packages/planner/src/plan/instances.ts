import { desiredReplicas } from '@ecsm/api-types';

import type { Desired } from './desired.js';

/** How many instances an object is about. */
export interface Instances {
  /** Those to run now. */
  readonly wanted: number;
  /** Those of which some may be missing: what there is no room for is missing like anything else. */
  readonly asked: number;
}

/** The instances of an object with and without the limits of the room there is. */
export function instancesOf({ service, grant }: Desired): Instances {
  const replicas = desiredReplicas(service);
  const wanted = Math.min(replicas, grant?.instances ?? Infinity);
  // What it gives up for somebody else it no longer asks for.
  return { wanted, asked: grant?.eviction === undefined ? replicas : wanted };
}
