import type { ApiObject } from '@ecsm/api-types';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { labelFlags } from '../definitions/write.js';
import { listDeclared } from '../resources/declared-objects.js';
import { label as labelOf, namedObjects, withHint, type NamedObject } from '../resources/one-object.js';
import { findDeclaredKind } from '../resources/vocabulary.js';
import { dryRunSuffix, writeOptions } from '../resources/write-options.js';

type LabelFlags = ValuesOf<typeof labelFlags>;

/** Splits arguments into those that name objects and the changes after them; `null` removes. */
function splitChanges(args: readonly string[]): {
  readonly names: readonly string[];
  readonly changes: Readonly<Record<string, string | null>>;
} {
  const isChange = (arg: string) => /^[^=]+=/.test(arg) || /^[^=]+-$/.test(arg);
  const first = args.findIndex((arg, index) => index > 0 && isChange(arg));
  if (first === -1) throw new UsageError('what to set?', 'write KEY=VALUE to set and KEY- to remove');
  const changes: Record<string, string | null> = {};
  for (const arg of args.slice(first)) {
    const separator = arg.indexOf('=');
    if (separator > 0) changes[arg.slice(0, separator)] = arg.slice(separator + 1);
    else if (arg.endsWith('-')) changes[arg.slice(0, -1)] = null;
    else throw new UsageError(`"${arg}" is neither KEY=VALUE nor KEY-`);
  }
  return { names: args.slice(0, first), changes };
}

async function objectsToChange(
  invocation: Invocation,
  names: readonly string[],
  flags: LabelFlags,
  verb: string,
): Promise<readonly NamedObject[]> {
  if (!flags.all && flags.selector === undefined && flags['field-selector'] === undefined) {
    return namedObjects(invocation, names, verb);
  }
  const [word = ''] = names;
  const kind = findDeclaredKind(word, await invocation.scheme(), verb);
  const registry = await invocation.registry();
  const query = { selector: flags.selector, fieldSelector: flags['field-selector'] };
  return (await listDeclared(invocation, registry, kind, query)).map(({ metadata: { name, namespace } }) => {
    const client = registry.resource(kind);
    return { kind, name, client: namespace === undefined ? client : client.namespace(namespace) };
  });
}

async function change(
  invocation: Invocation,
  flags: LabelFlags,
  field: 'labels' | 'annotations',
  verb: string,
): Promise<void> {
  const { names, changes } = splitChanges(invocation.args);
  for (const object of await objectsToChange(invocation, names, flags, verb)) {
    const { client, name } = object;
    await withHint(invocation, object, async () => {
      if (!flags.overwrite)
        refuseOverwrite(await client.get(name, { signal: invocation.signal }), field, changes, labelOf(object));
      const patch = { metadata: { [field]: changes } };
      await client.patch(name, { type: 'merge', patch }, writeOptions(invocation, flags));
    });
    invocation.print(`${labelOf(object)} ${verb === 'label' ? 'labeled' : 'annotated'}${dryRunSuffix(flags)}\n`);
  }
}

function refuseOverwrite(
  object: ApiObject,
  field: 'labels' | 'annotations',
  changes: Readonly<Record<string, string | null>>,
  shown: string,
): void {
  for (const [key, value] of Object.entries(changes)) {
    const present = object.metadata[field]?.[key];
    if (value !== null && present !== undefined && present !== value) {
      throw new CliError(`${shown} has ${key}=${present} already`, { hint: 'add --overwrite to replace it' });
    }
  }
}

/** Sets or removes labels. */
export const label: Handler<typeof labelFlags> = (invocation, flags) => change(invocation, flags, 'labels', 'label');

/** Sets or removes annotations. */
export const annotate: Handler<typeof labelFlags> = (invocation, flags) =>
  change(invocation, flags, 'annotations', 'annotate');
