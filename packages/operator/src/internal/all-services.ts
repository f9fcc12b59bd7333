import { ECSMService, type ResourceClients, type Stored } from '@ecsm/api-types';

const pageSize = 500;

/** All declared services, read a page at a time, so that they are never all held at once. */
export async function* allServices(clients: ResourceClients): AsyncGenerator<Stored<ECSMService>, void, undefined> {
  const services = clients.resource(ECSMService);
  let page = await services.list({ limit: pageSize });
  for (;;) {
    yield* page.items;
    if (page.continue === undefined) return;
    page = await services.list({ limit: pageSize, continue: page.continue });
  }
}
