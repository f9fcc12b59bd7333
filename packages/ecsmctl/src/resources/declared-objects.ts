import type { ApiObject, KindDefinition, ResourceClient, ResourceClients, Stored } from '@ecsm/api-types';

import type { Invocation } from '../cli/invocation.js';
import { suggest } from '../cli/suggest.js';

/** Which objects of a declared kind are meant. */
export interface DeclaredQuery {
  readonly allNamespaces?: boolean;
  readonly selector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** The client of a kind, limited to the namespace of the run unless the kind or the user knows none. */
export async function clientOf(
  invocation: Invocation,
  registry: ResourceClients,
  kind: KindDefinition,
  allNamespaces = false,
): Promise<ResourceClient<ApiObject>> {
  const client = registry.resource(kind);
  if (kind.scope === 'cluster' || allNamespaces) return client;
  return client.namespace((await invocation.settings()).namespace);
}

/** The selectors of a query, as a list takes them. */
export function selectorsOf(query: DeclaredQuery) {
  return {
    ...(query.selector === undefined ? {} : { labelSelector: query.selector }),
    ...(query.fieldSelector === undefined ? {} : { fieldSelector: query.fieldSelector }),
  };
}

/** The objects of a kind that match. */
export async function listDeclared(
  invocation: Invocation,
  registry: ResourceClients,
  kind: KindDefinition,
  query: DeclaredQuery = {},
): Promise<readonly Stored<ApiObject>[]> {
  const client = await clientOf(invocation, registry, kind, query.allNamespaces);
  const { items } = await client.list({ ...selectorsOf(query), signal: invocation.signal });
  return items;
}

/** What may help who asked for an object that is not there: a near name, or the namespace that has it. */
export async function hintForMissing(
  invocation: Invocation,
  registry: ResourceClients,
  kind: KindDefinition,
  name: string,
): Promise<string> {
  const { items } = await registry.resource(kind).list({ signal: invocation.signal });
  const elsewhere = items.find((item) => item.metadata.name === name)?.metadata.namespace;
  if (elsewhere !== undefined) return `it is in namespace ${elsewhere}: add -n ${elsewhere}`;
  const near = suggest(
    name,
    items.map((item) => item.metadata.name),
  );
  return near === undefined ? `ecsmctl get ${kind.plural} -A lists what there is` : `did you mean "${near}"?`;
}
