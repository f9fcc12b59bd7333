import { resolveCountOrPercent, type CountOrPercent } from '@ecsm/api-types';

/** How far a rolling update may go above and below the wanted number of instances. */
export interface RollingBounds {
  /** Instances that may exist above the wanted number. */
  readonly surge: number;
  /** Instances that may be missing. */
  readonly unavailable: number;
}

/**
 * The bounds in instances: a surge is rounded up, unavailability down, and both together never allow nothing at all.
 *
 * With both at 0 after rounding one instance may be missing, as in a Deployment, because nothing could move otherwise.
 */
export function rollingBounds(
  maxSurge: CountOrPercent,
  maxUnavailable: CountOrPercent,
  desired: number,
): RollingBounds {
  const surge = resolveCountOrPercent(maxSurge, desired, 'up');
  const unavailable = resolveCountOrPercent(maxUnavailable, desired, 'down');
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}
