import { ECSMService, type ApiObject } from '@ecsm/api-types';

import { countOf } from '../output/count-of.js';

/** What still keeps an object that is to go. */
export function deletionState(object: ApiObject): string {
  if (object.metadata.deletionTimestamp === undefined) return 'it is not marked for deletion';
  if (object.kind !== ECSMService.kind)
    return `its finalizers are not done: ${object.metadata.finalizers?.join(', ') ?? ''}`;
  const { replicas = 0 } = (object as ECSMService).status ?? {};
  return replicas === 0 ? 'no instances are left' : `${countOf(replicas, 'instance')} left`;
}
