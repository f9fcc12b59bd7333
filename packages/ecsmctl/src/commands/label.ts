import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import type { ValuesOf } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import type { labelFlags } from '../definitions/write.js';
import { parseOutputFormat } from '../output/output-format.js';
import { printWritten } from '../output/print-written.js';
import { chooseObjects } from '../resources/choose-objects.js';
import { forEachObject } from '../resources/for-each-object.js';
import { label as labelOf } from '../resources/one-object.js';
import { writeOptions } from '../resources/write-options.js';

type LabelFlags = ValuesOf<typeof labelFlags>;

/** What to set, by its key; `null` removes. */
type Changes = ReadonlyMap<string, string | null>;

/** Splits arguments into those that name objects and the changes after them. */
function splitChanges(args: readonly string[]): { readonly names: readonly string[]; readonly changes: Changes } {
  const isChange = (arg: string) => /^[^=]+=/.test(arg) || /^[^=]+-$/.test(arg);
  const first = args.findIndex((arg, index) => index > 0 && isChange(arg));
  if (first === -1) throw new UsageError('what to set?', 'write KEY=VALUE to set and KEY- to remove');
  const changes = new Map<string, string | null>();
  for (const arg of args.slice(first)) {
    if (!isChange(arg)) throw new UsageError(`"${arg}" is neither KEY=VALUE nor KEY-`);
    const separator = arg.indexOf('=');
    const key = arg.slice(0, separator);
    const value = separator === -1 ? null : arg.slice(separator + 1);
    if (changes.has(key) && changes.get(key) !== value)
      throw new UsageError(`"${key}" is to become two things at once`);
    changes.set(key, value);
  }
  return { names: args.slice(0, first), changes };
}

async function change(
  invocation: Invocation,
  flags: LabelFlags,
  field: 'labels' | 'annotations',
  verb: 'label' | 'annotate',
): Promise<void> {
  const format = flags.output === undefined ? undefined : parseOutputFormat(flags.output);
  const { names, changes } = splitChanges(invocation.args);
  const objects = await chooseObjects(invocation, names, flags, verb);
  if (objects.length === 0) invocation.note('Nothing matches.\n');
  const patch = { metadata: { [field]: Object.fromEntries(changes) } };
  await forEachObject(invocation, objects, async (named) => {
    const { client, kind, name } = named;
    const { metadata } = await client.get(name, { signal: invocation.signal });
    const before = new Map(Object.entries(metadata[field] ?? {}));
    if (!flags.overwrite) refuseOverwrite(before, changes, labelOf(named));
    const object = await client.patch(name, { type: 'merge', patch }, writeOptions(invocation, flags));
    for (const [key, value] of changes)
      if (value === null && !before.has(key))
        invocation.note(`${labelOf(named)} has no ${field.slice(0, -1)} ${key}\n`);
    await printWritten(invocation, { kind, object, outcome: outcomeOf(before, changes, verb) }, format, flags);
  });
}

function refuseOverwrite(before: ReadonlyMap<string, string>, changes: Changes, shown: string): void {
  for (const [key, value] of changes) {
    const present = before.get(key);
    if (value !== null && present !== undefined && present !== value) {
      throw new CliError(`${shown} has ${key}=${present} already`, { hint: 'add --overwrite to replace it' });
    }
  }
}

/** What kubectl says in the same case. */
function outcomeOf(before: ReadonlyMap<string, string>, changes: Changes, verb: 'label' | 'annotate'): string {
  const done = verb === 'label' ? 'labeled' : 'annotated';
  const changed = [...changes].filter(([key, value]) => (before.get(key) ?? null) !== value);
  if (changed.length === 0) return `not ${done}`;
  return verb === 'label' && changed.every(([, value]) => value === null) ? 'unlabeled' : done;
}

/** Sets or removes labels. */
export const label: Handler<typeof labelFlags> = (invocation, flags) => change(invocation, flags, 'labels', 'label');

/** Sets or removes annotations. */
export const annotate: Handler<typeof labelFlags> = (invocation, flags) =>
  change(invocation, flags, 'annotations', 'annotate');
