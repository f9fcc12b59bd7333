import { desiredReplicas, type ECSMService } from '@ecsm/api-types';

import { sizeOf, type ObservedService } from '../plan/observed-service.js';
import type { Grant } from './grant.js';

/** What an object may run while nobody knows how much room there is: what it has. */
export function holdGrant(service: ECSMService, observed: readonly ObservedService[]): Grant {
  const present = observed.filter(({ leaving }) => leaving !== true);
  const size = present.reduce((sum, each) => sum + sizeOf(each), 0);
  const desired = desiredReplicas(service);
  const missing = Math.max(0, desired - size);
  const nodes = [...new Set(present.flatMap((each) => each.nodes))];
  return {
    instances: Math.min(desired, size),
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(missing === 0
      ? {}
      : {
          shortage: {
            missing,
            inOwnWay: false,
            message: `${missing} of ${desired} instances wait until the nodes have been looked at`,
          },
        }),
  };
}
