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

/** The one declared object that arguments name. @throws UsageError when they name none or several */
export async function oneObject(invocation: Invocation, args: readonly string[], verb: string): Promise<NamedObject> {
  const scheme = await invocation.scheme();
  const [target, otherTarget] = parseTargets(args, scheme);
  const kind = findDeclaredKind(target?.type.kind.plural ?? '', scheme, verb);
  const [name, otherName] = target?.names ?? [];
  if (name === undefined)
    throw new UsageError(`which ${kind.plural}?`, `for example: ecsmctl ${verb} ${kind.singular} NAME`);
  if (otherTarget !== undefined || otherName !== undefined) throw new UsageError(`"${verb}" takes one object`);
  return { kind, name, client: await clientOf(invocation, await invocation.registry(), kind) };
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

/** That an object is not there, with what may have been meant. */
export async function explainMissing(
  invocation: Invocation,
  { kind, name }: Pick<NamedObject, 'kind' | 'name'>,
  error: unknown,
): Promise<CliError> {
  const hint = await hintForMissing(invocation, await invocation.registry(), kind, name);
  return new CliError(messageOf(error), { hint, exitCode: exitCodes.notFound });
}

/** Runs a call on an object; when the object is not there, the error says what may have been meant. */
export async function withHint<R>(
  invocation: Invocation,
  object: Pick<NamedObject, 'kind' | 'name'>,
  call: () => Promise<R>,
): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw reasonOf(error) === 'NotFound' ? await explainMissing(invocation, object, error) : error;
  }
}
