import { findCondition, isConditionTrue } from '../condition.js';
import type { ECSMService } from './ecsm-service.js';

/** The one word that tells the state of a service in tables. */
export const serviceStatusWords = [
  'Available',
  'Progressing',
  'Degraded',
  'Waiting',
  'Paused',
  'Preempted',
  'Terminating',
] as const;

/** The one word that tells the state of a service in tables. */
export type ServiceStatusWord = (typeof serviceStatusWords)[number];

/** How many instances are wanted: `replicas` of a Dynamic service, one per node of a Static one. */
export function desiredReplicas(service: Pick<ECSMService, 'spec'>): number {
  const strategy = service.spec.deploymentStrategy;
  return strategy.type === 'Static' ? (strategy.nodes ?? []).length : (strategy.replicas ?? 0);
}

/** The nodes a service may use. */
export function candidateNodes(service: Pick<ECSMService, 'spec'>): readonly string[] {
  const strategy = service.spec.deploymentStrategy;
  return (strategy.type === 'Static' ? strategy.nodes : strategy.nodePool) ?? [];
}

/** Whether the status speaks of the newest specification. */
export function isStatusCurrent(service: ECSMService): boolean {
  return (
    service.status?.observedGeneration !== undefined &&
    service.status.observedGeneration === service.metadata.generation
  );
}

/** The state of a service in one word; what a person should look at first wins. */
export function serviceStatusWord(service: ECSMService): ServiceStatusWord {
  const conditions = service.status?.conditions;
  if (service.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (findCondition(conditions, 'DependenciesReady')?.status === 'False') return 'Waiting';
  if (isConditionTrue(conditions, 'Preempted')) return 'Preempted';
  if (findCondition(conditions, 'Progressing')?.reason === 'WaitingForRoom') return 'Waiting';
  if (isConditionTrue(conditions, 'Degraded')) return 'Degraded';
  if (service.spec.paused === true && !(isConditionTrue(conditions, 'Available') && isStatusCurrent(service)))
    return 'Paused';
  if (!isStatusCurrent(service) || isConditionTrue(conditions, 'Progressing')) {
    const settled = isStatusCurrent(service) && isConditionTrue(conditions, 'Available');
    const complete = findCondition(conditions, 'Progressing')?.reason === 'RolloutComplete';
    return settled && complete ? 'Available' : 'Progressing';
  }
  return isConditionTrue(conditions, 'Available') ? 'Available' : 'Degraded';
}
