import type { KindDefinition, ResourceClients } from '@ecsm/api-types';

import { UsageError } from '../cli/cli-error.js';
import type { Invocation } from '../cli/invocation.js';
import { clientOf, listDeclared } from './declared-objects.js';
import type { NamedObject } from './one-object.js';
import { checkNamedAlone, parseTargets, type Choice } from './targets.js';
import { findDeclaredKind } from './vocabulary.js';

/**
 * The declared objects that a command line means: those it names, or all of its types that its flags choose.
 *
 * @throws UsageError when it does neither or both
 */
export async function chooseObjects(
  invocation: Invocation,
  args: readonly string[],
  choice: Choice,
  verb: string,
): Promise<readonly NamedObject[]> {
  const scheme = await invocation.scheme();
  const isChosen = choice.all === true || choice.selector !== undefined || choice['field-selector'] !== undefined;
  // What is wrong with the line is told before the registry is looked for.
  const targets = parseTargets(args, scheme).map(({ type, names }) => {
    const kind = findDeclaredKind(type.kind.plural, scheme, verb);
    if (names !== undefined) checkNamedAlone('names', choice);
    else if (!isChosen) throw new UsageError(`which ${kind.plural}?`, 'give names, -l SELECTOR or --all');
    return { kind, names };
  });
  const registry = await invocation.registry();
  const objects: NamedObject[] = [];
  for (const { kind, names } of targets) {
    if (names === undefined) objects.push(...(await matching(invocation, registry, kind, choice)));
    else {
      const client = await clientOf(invocation, registry, kind);
      objects.push(...names.map((name) => ({ kind, client, name })));
    }
  }
  return objects;
}

async function matching(
  invocation: Invocation,
  registry: ResourceClients,
  kind: KindDefinition,
  choice: Choice,
): Promise<readonly NamedObject[]> {
  const client = registry.resource(kind);
  return (await listDeclared(invocation, registry, kind, choice)).map(({ metadata: { name, namespace } }) => ({
    kind,
    name,
    client: namespace === undefined ? client : client.namespace(namespace),
  }));
}
