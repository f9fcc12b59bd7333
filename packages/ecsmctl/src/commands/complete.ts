import { ReportedError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { createInvocation } from '../cli/create-invocation.js';
import { exitCodes } from '../cli/exit-code.js';
import type { Completion, Flag, Flags, PlatformCompletion } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { locate } from '../cli/locate.js';
import { parseArguments } from '../cli/parse-arguments.js';
import { commands } from '../definitions/commands.js';
import { globalFlags, type GlobalFlags } from '../definitions/global-flags.js';
import type { noFlags } from '../definitions/platform.js';
import { platformKinds } from '../resources/platform-kinds.js';
import type { PlatformKind } from '../resources/platform-kind.js';
import { findType } from '../resources/vocabulary.js';

/** What comes next is the name of a file, which shells complete themselves. */
class FileWanted extends ReportedError {
  constructor() {
    super('a file', { exitCode: exitCodes.notFound });
  }
}

/** How long a person waits for a completion. */
const patienceMs = 1_500;

async function declaredNames(invocation: Invocation, word: string): Promise<readonly string[]> {
  const type = findType(word, await invocation.scheme());
  if (type.world === 'platform') return platformNames(invocation, type.kind);
  const registry = await invocation.registry();
  const client = registry.resource(type.kind);
  const { namespace } = await invocation.settings();
  const { items } = await client.list(type.kind.scope === 'namespaced' ? { namespace } : {});
  return items.map(({ metadata }) => metadata.name);
}

async function platformNames(invocation: Invocation, kind: PlatformKind): Promise<readonly string[]> {
  const platform = await invocation.platform();
  const names: string[] = [];
  for await (const row of kind.list(platform, {}, { signal: AbortSignal.timeout(patienceMs) }))
    names.push(kind.nameOf(row));
  return names;
}

async function namespaces(invocation: Invocation): Promise<readonly string[]> {
  const registry = await invocation.registry();
  const lists = (await invocation.scheme()).kinds.map((kind) => registry.resource(kind).listVersions());
  const keys = (await Promise.all(lists)).flatMap(({ items }) => items).map(({ key }) => key.namespace);
  return [...new Set(keys.filter((namespace) => namespace !== undefined))].sort();
}

/** The types, or the fields of what stands before the last dot; what has fields itself ends with a dot. */
async function fieldPaths(invocation: Invocation, current: string): Promise<readonly string[]> {
  const scheme = await invocation.scheme();
  const [word, ...path] = current.split('.').slice(0, -1);
  if (word === undefined)
    return [...scheme.kinds.map(({ plural }) => `${plural}.`), ...platformKinds.map(({ plural }) => plural)];
  const type = findType(word, scheme);
  if (type.world === 'platform') return [];
  const { fieldsOf } = await import('../resources/schema-fields.js');
  const root = type.kind.schema;
  let fields = fieldsOf(root, root);
  for (const step of path) {
    const next = Object.hasOwn(fields, step) ? fields[step] : undefined;
    fields = next === undefined ? {} : fieldsOf(next, root);
  }
  return Object.entries(fields).map(([name, field]) => {
    const end = Object.keys(fieldsOf(field, root)).length === 0 ? '' : '.';
    return `${[word, ...path, name].join('.')}${end}`;
  });
}

async function candidatesFor(
  invocation: Invocation,
  what: Completion,
  args: readonly string[],
  current = '',
): Promise<readonly string[]> {
  if (typeof what !== 'string') return what;
  const kind = platformKinds.find(({ plural }) => plural === what);
  if (kind !== undefined) return platformNames(invocation, kind);
  switch (what as Exclude<typeof what, PlatformCompletion>) {
    case 'contexts':
      return Object.keys((await invocation.settings()).config.contexts ?? {});
    case 'fields':
      return fieldPaths(invocation, current);
    case 'files':
      throw new FileWanted();
    case 'namespaces':
      return namespaces(invocation);
    case 'types': {
      const declared = (await invocation.scheme()).kinds;
      return [...declared, ...platformKinds].map(({ plural }) => plural);
    }
    case 'names':
      return declaredNames(invocation, args[0] ?? '');
  }
}

/** What may be the value of a flag. */
function valuesOf(invocation: Invocation, flag: Flag | undefined, args: readonly string[]): Promise<readonly string[]> {
  return candidatesFor(invocation, flag?.choices ?? flag?.complete ?? [], args);
}

/** The next words of commands that begin like this. */
function nextWords(words: readonly string[]): readonly string[] {
  const prefix = words.length === 0 ? '' : `${words.join(' ')} `;
  const matching = commands.filter(({ name, hidden }) => hidden !== true && name.startsWith(prefix));
  return [...new Set(matching.map(({ name }) => name.slice(prefix.length).split(' ')[0] ?? ''))];
}

async function find(invocation: Invocation, line: readonly string[]): Promise<readonly string[]> {
  const current = line.at(-1) ?? '';
  const { words, command, rest: args, flag } = locate(line.slice(0, -1), commands, globalFlags);
  if (flag !== undefined) return valuesOf(invocation, flag, args);
  const [, start, name] = /^((--[^=]+|-[^-=])=)/.exec(current) ?? [];
  if (start !== undefined) {
    const flags: Flags = { ...command?.flags, ...globalFlags };
    const given = Object.entries(flags).find(([each, { short }]) =>
      [`--${each}`, `-${short ?? '-'}`].includes(name ?? ''),
    );
    return (await valuesOf(invocation, given?.[1], args)).map((value) => `${start}${value}`);
  }
  if (current.startsWith('-')) {
    const flags: Flags = { ...command?.flags, ...globalFlags };
    return Object.keys(flags)
      .filter((name) => flags[name]?.hidden !== true)
      .map((name) => `--${name}`);
  }
  if (command === undefined) return args.length > 0 ? [] : nextWords(words);
  const slash = current.indexOf('/');
  if (slash > 0) {
    const type = current.slice(0, slash);
    return (await candidatesFor(invocation, 'names', [type])).map((name) => `${type}/${name}`);
  }
  const what = command.complete?.[args.length] ?? command.complete?.at(-1);
  if (what === undefined) return [];
  return (await candidatesFor(invocation, what, args, current)).filter((word) => !args.includes(word));
}

/** The flags of every command that stand in a line, so that names come from the registry and the namespace it speaks of. */
function globalsOf(line: readonly string[]): GlobalFlags {
  const words: string[] = [];
  for (const [index, word] of line.slice(0, -1).entries()) {
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const isGlobal = Object.entries(globalFlags).some(
      ([each, flag]: [string, Flag]) => flag.type !== 'boolean' && (each === name || word === `-${flag.short ?? '-'}`),
    );
    if (!isGlobal) continue;
    const next = value ?? line[index + 1];
    if (next !== undefined && next !== '') words.push(value === undefined ? word : `--${name}`, next);
  }
  return parseArguments(['complete', ...words], commands, globalFlags).values as GlobalFlags;
}

/** Prints what may stand next, one candidate a line; nothing when it cannot be found out. Exit code 3 asks for a file. */
export const complete: Handler<typeof noFlags> = async (invocation) => {
  const { args, io } = invocation;
  const current = args.at(-1) ?? '';
  try {
    await using asked = createInvocation({ readsOnly: true }, args, globalsOf(args), io);
    const found = await find(asked, args);
    invocation.print(
      found
        .filter((word) => word.startsWith(current))
        .map((word) => `${word}\n`)
        .join(''),
    );
  } catch (error) {
    if (error instanceof FileWanted) throw error;
    // A completion must not disturb the line the user types.
    invocation.log.debug('no completion', { cause: String(error) });
  }
};
