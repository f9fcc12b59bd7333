import {
  defaultProgressDeadlineSeconds,
  desiredReplicas,
  type ECSMService,
  type UpdateStrategy,
} from '@ecsm/api-types';

import { rollingBounds, type RollingBounds } from '../rollout/rolling-bounds.js';

/** The update strategy with every default filled in. */
export interface ResolvedStrategy {
  readonly type: NonNullable<UpdateStrategy['type']>;
  readonly bounds: RollingBounds;
  readonly minReadyMs: number;
  readonly progressDeadlineMs: number;
  readonly autoRollback: boolean;
}

/** The strategy of an object for a number of instances. */
export function resolveStrategy(
  service: Pick<ECSMService, 'spec'>,
  desired: number = desiredReplicas(service),
): ResolvedStrategy {
  const given = service.spec.updateStrategy ?? {};
  const type = given.type ?? 'RollingUpdate';
  const isStatic = service.spec.deploymentStrategy.type === 'Static';
  const surge = given.rollingUpdate?.maxSurge ?? (isStatic ? 0 : '25%');
  const unavailable = given.rollingUpdate?.maxUnavailable ?? (isStatic ? 1 : '25%');
  // Two instances on one node cannot share a fixed port.
  const nodes = service.spec.deploymentStrategy.nodePool?.length ?? 0;
  const fixedPort = (service.spec.template.vsoa?.port ?? 0) !== 0;
  const room = !fixedPort ? Infinity : isStatic ? 0 : Math.max(0, nodes - desired);
  const bounds = rollingBounds(surge, unavailable, desired);
  const held = Math.min(bounds.surge, room);
  return {
    type,
    bounds:
      type === 'RollingUpdate'
        ? { surge: held, unavailable: held === 0 ? Math.max(1, bounds.unavailable) : bounds.unavailable }
        : { surge: 0, unavailable: 0 },
    minReadyMs: (given.minReadySeconds ?? 0) * 1000,
    progressDeadlineMs: (given.progressDeadlineSeconds ?? defaultProgressDeadlineSeconds) * 1000,
    autoRollback: given.autoRollback ?? false,
  };
}
