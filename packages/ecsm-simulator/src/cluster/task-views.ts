import type { ContainerStatus } from '@ecsm/ecsm-client';

import type { PlatformSettings } from '../settings.js';
import type { Service, Task } from './model.js';

/** Whether the instance's node is known to be away. */
export function isLost(task: Task): boolean {
  return task.node.status === 'offline';
}

/** Whether the instance is on its way out and no longer counts. */
export function isLeaving(task: Task): boolean {
  return task.phase === 'stopping' && task.afterStop === 'remove';
}

/** Whether the instance's deployment is under way. */
export function isDeploying(task: Task): boolean {
  return task.deployStatus === 'deploying';
}

/** Whether the container runs, as far as the platform knows. */
export function isOnline(task: Task): boolean {
  return !isLost(task) && (task.phase === 'running' || task.phase === 'stopping');
}

/** The word for the container's state in the container calls. */
export function containerStatus(task: Task, settings: PlatformSettings): ContainerStatus {
  if (isLost(task) && task.containerId !== '') return settings.lostContainerStatus;
  switch (task.phase) {
    case 'pulling':
    case 'creating':
    case 'created':
    case 'starting':
      return task.restartCount > 0 ? 'exited' : 'created';
    case 'running':
    case 'stopping':
      return 'running';
    case 'paused':
      return 'paused';
    case 'exited':
    case 'backoff':
    case 'failed':
      return 'exited';
  }
}

/** Whether the service declares a health check. */
export function hasHealthCheck(service: Service): boolean {
  return (service.image.vsoa?.healthPath ?? '') !== '';
}

/** How many instances the service should have. */
export function desiredInstances(service: Service, settings: PlatformSettings): number {
  if (service.policy === 'static') return service.nodeNames.length;
  const factor = service.factor ?? 1;
  return factor === 0 && settings.factorZero === 'one' ? 1 : factor;
}

/** Figures of a service, counted from its instances. */
export interface ServiceFigures {
  readonly desired: number;
  readonly online: number;
  readonly active: number;
  readonly deploying: boolean;
  readonly healthy: boolean;
  /** Every instance was stopped by command. */
  readonly stopped: boolean;
}

/** Counts a service's instances. */
export function serviceFigures(service: Service, settings: PlatformSettings): ServiceFigures {
  const desired = desiredInstances(service, settings);
  let online = 0;
  let deployed = 0;
  let deploying = service.deleting;
  let well = 0;
  const checked = hasHealthCheck(service);
  for (const task of service.tasks) {
    if (isDeploying(task) || isLeaving(task)) deploying = true;
    if (task.containerId !== '' && !isLost(task)) deployed++;
    if (!isOnline(task)) continue;
    online++;
    if (!checked || task.health === 'healthy') well++;
  }
  return {
    desired,
    online,
    active: settings.instanceActive === 'deployed' ? deployed : deployed - online,
    deploying,
    healthy: !service.deleting && online >= desired && well === online,
    stopped: service.wanted === 'stopped' && service.tasks.size > 0 && online === 0,
  };
}
