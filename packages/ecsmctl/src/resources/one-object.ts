import { ECSMService, messageOf, type ApiObject, type KindDefinition, type ResourceClient } from '@ecsm/api-types';

import { CliError, UsageError } from '../cli/cli-error.js';
import { exitCodes } from '../cli/exit-code.js';
import type { Invocation } from '../cli/invocation.js';
import { reasonOf } from '../cli/present-error.js';
import { clientOf, hintForMissing } from './declared-objects.js';
import { parseTargets } from './targets.js';
import { findDeclaredKind } from './vocabulary.js';

/** A declared object that a command line names. */
export interface NamedObject {
  readonly kind: KindDefinition;
  readonly client: ResourceClient<ApiObject>;
  readonly name: string;
}

/** A declared service that a command line names. */
export interface NamedService extends Omit<NamedObject, 'client'> {
  readonly client: ResourceClient<ECSMService>;
}

/** How an object is called in what commands print: `ecsmservice/web`. */
export function label({ kind, name }: Pick<NamedObject, 'kind' | 'name'>): string {
  return `${kind.singular}/${name}`;
}

/** The declared objects that arguments name one by one. @throws UsageError when a name is missing */
export async function namedObjects(
  invocation: Invocation,
  args: readonly string[],
  verb: string,
): Promise<readonly NamedObject[]> {
  const scheme = await invocation.scheme();
  const registry = await invocation.registry();
  const objects: NamedObject[] = [];
  for (const { type, names } of parseTargets(args, scheme)) {
    const kind = findDeclaredKind(type.kind.plural, scheme, verb);
    if (names === undefined)
      throw new UsageError(`which ${kind.plural}?`, `for example: ecsmctl ${verb} ${kind.singular} NAME`);
    const client = await clientOf(invocation, registry, kind);
    objects.push(...names.map((name) => ({ kind, client, name })));
  }
  return objects;
}

/** The one declared object that arguments name. */
export async function oneObject(invocation: Invocation, args: readonly string[], verb: string): Promise<NamedObject> {
  const [object, second] = await namedObjects(invocation, args, verb);
  if (object === undefined || second !== undefined) throw new UsageError(`"${verb}" takes one object`);
  return object;
}

/** The one ECSMService that arguments name. @throws UsageError when they name anything else */
export async function oneService(invocation: Invocation, args: readonly string[], verb: string): Promise<NamedService> {
  const { kind, name } = await oneObject(invocation, args, verb);
  if (kind.plural !== ECSMService.plural) {
    throw new UsageError(`"${verb}" works on ecsmservices, not on ${kind.plural}`);
  }
  const registry = await invocation.registry();
  const { namespace } = await invocation.settings();
  return { kind, name, client: registry.resource(ECSMService).namespace(namespace) };
}

/** Runs a call on an object; when the object is not there, the error says what may have been meant. */
export async function withHint<R>(
  invocation: Invocation,
  { kind, name }: Pick<NamedObject, 'kind' | 'name'>,
  call: () => Promise<R>,
): Promise<R> {
  try {
    return await call();
  } catch (error) {
    if (reasonOf(error) !== 'NotFound') throw error;
    const hint = await hintForMissing(invocation, await invocation.registry(), kind, name);
    const message = messageOf(error);
    throw new CliError(message, { hint, exitCode: exitCodes.notFound });
  }
}
