import {
  messageOf,
  nearestWord,
  parseFieldSelector,
  parseLabelSelector,
  type ApiObject,
  type KindDefinition,
  type ResourceClient,
  type ResourceClients,
  type Stored,
} from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Invocation } from '../cli/invocation.js';
import { reasonOf } from '../cli/present-error.js';

/** The flags that say which objects of a declared kind are meant. */
export interface DeclaredQuery {
  readonly 'all-namespaces'?: boolean;
  readonly selector?: string | undefined;
  readonly 'field-selector'?: string | undefined;
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

/** Reads a selector only to see whether it can be read, so that a slip is the fault of the command line. */
function check(read: (text: string) => unknown, text: string): string {
  try {
    read(text);
  } catch (error) {
    if (reasonOf(error) !== 'BadRequest') throw error;
    throw new UsageError(messageOf(error));
  }
  return text;
}

/** The selectors of a query, as a list takes them. @throws UsageError when one cannot be read */
export function selectorsOf({ selector, 'field-selector': fieldSelector }: DeclaredQuery) {
  return {
    ...(selector === undefined ? {} : { labelSelector: check(parseLabelSelector, selector) }),
    ...(fieldSelector === undefined ? {} : { fieldSelector: check(parseFieldSelector, fieldSelector) }),
  };
}

/** The objects of a kind that match. */
export async function listDeclared(
  invocation: Invocation,
  registry: ResourceClients,
  kind: KindDefinition,
  query: DeclaredQuery,
): Promise<readonly Stored<ApiObject>[]> {
  const client = await clientOf(invocation, registry, kind, query['all-namespaces']);
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
  const near = nearestWord(
    name,
    items.map((item) => item.metadata.name),
  );
  return near === undefined ? `ecsmctl get ${kind.plural} -A lists what there is` : `did you mean "${near}"?`;
}
