import { desiredReplicas, findCondition } from '@ecsm/api-types';

import type { Desired } from '../plan/desired.js';
import type { Finding } from '../status/conditions.js';

const type = 'Preempted';

/**
 * What Preempted shall say: for whom the object made way, from the step in which it did until it runs all it wants again.
 * Nothing at all where it never had to.
 */
export function preemptedFinding({ service, grant }: Desired): readonly Finding[] {
  if (grant?.eviction !== undefined) {
    return [{ type, status: 'True', reason: 'MadeWay', message: grant.eviction.message }];
  }
  const said = findCondition(service.status?.conditions, type);
  if (said === undefined) return [];
  const limited = grant !== undefined && grant.instances < desiredReplicas(service);
  if (said.status === 'True' && limited) {
    return [{ type, status: 'True', reason: said.reason, message: said.message }];
  }
  return [{ type, status: 'False', reason: 'Restored', message: 'there is room again for every instance' }];
}
