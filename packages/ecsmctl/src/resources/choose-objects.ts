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
  const registry = await invocation.registry();
  const objects: NamedObject[] = [];
  for (const { type, names } of parseTargets(args, scheme)) {
    const kind = findDeclaredKind(type.kind.plural, scheme, verb);
    if (names !== undefined) {
      checkNamedAlone('names', choice);
      const client = await clientOf(invocation, registry, kind);
      objects.push(...names.map((name) => ({ kind, client, name })));
      continue;
    }
    if (choice.all !== true && choice.selector === undefined && choice['field-selector'] === undefined)
      throw new UsageError(`which ${kind.plural}?`, 'give names, -l SELECTOR or --all');
    const client = registry.resource(kind);
    for (const { metadata } of await listDeclared(invocation, registry, kind, choice)) {
      const { name, namespace } = metadata;
      objects.push({ kind, name, client: namespace === undefined ? client : client.namespace(namespace) });
    }
  }
  return objects;
}
