import { findCondition, type ECSMService } from '@ecsm/api-types';

import type { Desired } from '../plan/desired.js';
import type { Finding } from './conditions.js';

const type = 'DependenciesReady';

/**
 * Whether an object had its dependencies when it was last looked at and was meant to run, so that it is under way and no
 * longer held back by them, even while it has nothing on the platform: between two revisions, or after a loss.
 */
export function wasStarted({ status }: Pick<ECSMService, 'status'>): boolean {
  const available = findCondition(status?.conditions, 'Available');
  return (
    findCondition(status?.conditions, type)?.status === 'True' &&
    available !== undefined &&
    available.reason !== 'ScaledToZero'
  );
}

/** What DependenciesReady shall say. Missing dependencies do not hold back what is under way. */
export function dependenciesFinding({ service, waitingFor = [], cycle }: Desired, running: boolean): Finding {
  if ((service.spec.dependsOn ?? []).length === 0) {
    return { type, status: 'True', reason: 'NoDependencies', message: 'depends on nothing' };
  }
  if (waitingFor.length === 0) {
    return { type, status: 'True', reason: 'AllAvailable', message: 'every dependency is Available' };
  }
  const missing = `not Available: ${waitingFor.join(', ')}`;
  if (running || wasStarted(service)) {
    return { type, status: 'True', reason: 'AlreadyStarted', message: `${missing}; it is started and stays so` };
  }
  if (cycle !== undefined) {
    const message = `it depends on itself, so that none of these can start: ${cycle.join(' → ')}; take one of the dependencies away`;
    return { type, status: 'False', reason: 'DependencyCycle', message };
  }
  return { type, status: 'False', reason: 'WaitingForDependencies', message: missing };
}
