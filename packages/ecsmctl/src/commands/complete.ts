import type { Handler } from '../cli/command.js';
import type { Completion, Flags } from '../cli/flag.js';
import type { Invocation } from '../cli/invocation.js';
import { locate } from '../cli/locate.js';
import { commands } from '../definitions/commands.js';
import { globalFlags } from '../definitions/global-flags.js';
import type { noFlags } from '../definitions/platform.js';
import { anyRow, nodes, platformKinds, services } from '../resources/platform-kinds.js';
import type { PlatformKind } from '../resources/platform-kind.js';
import { findType } from '../resources/vocabulary.js';

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

async function candidatesFor(
  invocation: Invocation,
  what: Completion,
  args: readonly string[],
): Promise<readonly string[]> {
  if (typeof what !== 'string') return what;
  switch (what) {
    case 'commands':
      return commands.map(({ name }) => name);
    case 'contexts':
      return Object.keys((await invocation.settings()).config.contexts ?? {});
    case 'files':
      return [];
    case 'namespaces':
      return namespaces(invocation);
    case 'nodes':
      return platformNames(invocation, anyRow(nodes));
    case 'services':
      return platformNames(invocation, anyRow(services));
    case 'types': {
      const declared = (await invocation.scheme()).kinds;
      return [...declared, ...platformKinds].map(({ plural }) => plural);
    }
    case 'names':
      return declaredNames(invocation, args[0] ?? '');
  }
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
  if (flag !== undefined) return candidatesFor(invocation, flag.choices ?? flag.complete ?? 'files', args);
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
  return what === undefined ? [] : candidatesFor(invocation, what, args);
}

/** Prints what may stand next, one candidate a line; nothing when it cannot be found out. */
export const complete: Handler<typeof noFlags> = async (invocation) => {
  const current = invocation.args.at(-1) ?? '';
  try {
    const found = await find(invocation, invocation.args);
    invocation.print(
      found
        .filter((word) => word.startsWith(current))
        .map((word) => `${word}\n`)
        .join(''),
    );
  } catch (error) {
    // A completion must not disturb the line the user types.
    invocation.log.debug('no completion', { cause: String(error) });
  }
};
