import { ECSMService, type ResourceClients, type Stored } from '@ecsm/api-types';

import { allObjects } from './all-objects.js';

/** All declared services. */
export function allServices(clients: ResourceClients): AsyncIterable<Stored<ECSMService>> {
  return allObjects(clients, ECSMService);
}
