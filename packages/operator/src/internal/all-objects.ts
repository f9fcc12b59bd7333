import type { ApiObject, ResourceClients, KindDefinition, Stored } from '@ecsm/api-types';

const pageSize = 500;

/** All objects of a kind, read a page at a time, so that they are never all held at once. */
export async function* allObjects<T extends ApiObject>(
  clients: ResourceClients,
  kind: KindDefinition<T>,
): AsyncGenerator<Stored<T>, void, undefined> {
  const objects = clients.resource(kind);
  let page = await objects.list({ limit: pageSize });
  for (;;) {
    yield* page.items;
    if (page.continue === undefined) return;
    page = await objects.list({ limit: pageSize, continue: page.continue });
  }
}
