import { parseArgs } from 'node:util';

import { UsageError } from './cli-error.js';
import type { AnyCommand } from './command.js';
import { parseDuration } from './duration.js';
import type { Flag, Flags } from './flag.js';
import { suggest } from './suggest.js';

/** What a command line asks for. */
export interface ParsedLine {
  /** Absent when only a group or nothing was named. */
  readonly command: AnyCommand | undefined;
  /** The words that named the command or group, joined. */
  readonly words: string;
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

type Options = Record<string, { type: 'boolean' | 'string'; short?: string; multiple: boolean }>;

function optionsOf(flags: Flags): Options {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      {
        type: flag.type === 'boolean' ? ('boolean' as const) : ('string' as const),
        multiple: true,
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  );
}

function tokenize(args: readonly string[], flags: Flags) {
  return parseArgs({ args: [...args], options: optionsOf(flags), strict: false, allowPositionals: true, tokens: true })
    .tokens;
}

/** Finds the longest command that the first arguments name, wherever flags stand between them. */
function findCommand(argv: readonly string[], commands: readonly AnyCommand[], globals: Flags) {
  const everyFlag = Object.assign({}, ...commands.map((command) => command.flags), globals) as Flags;
  const positionals = tokenize(argv, everyFlag).filter((token) => token.kind === 'positional');
  for (let count = Math.min(3, positionals.length); count > 0; count--) {
    const taken = positionals.slice(0, count);
    const words = taken.map((token) => token.value).join(' ');
    const command = commands.find(({ name }) => name === words);
    const isGroup = command === undefined && commands.some(({ name }) => name.startsWith(`${words} `));
    if (command !== undefined || isGroup) {
      const indexes = new Set(taken.map((token) => token.index));
      return { command, words, rest: argv.filter((_, index) => !indexes.has(index)), next: positionals[count]?.value };
    }
  }
  return { command: undefined, words: '', rest: argv, next: positionals[0]?.value };
}

/** Names the command that was probably meant by a word after a group (or after nothing). */
function unknownCommand(words: string, word: string, commands: readonly AnyCommand[]): UsageError {
  const prefix = words === '' ? '' : `${words} `;
  const known = commands
    .filter(({ name, hidden }) => name.startsWith(prefix) && hidden !== true)
    .map(({ name }) => name.slice(prefix.length).split(' ')[0] ?? '');
  const near = suggest(word, known);
  return new UsageError(
    `unknown command "${prefix}${word}"`,
    near === undefined ? `see ecsmctl ${prefix}--help` : `did you mean "ecsmctl ${prefix}${near}"?`,
  );
}

function readValue(name: string, flag: Flag, given: string | undefined): unknown {
  const text = given?.startsWith('=') === true ? given.slice(1) : given;
  if (flag.type === 'boolean') {
    if (text === undefined || text === 'true') return true;
    if (text === 'false') return false;
    throw new UsageError(`--${name} is true or false, not "${text}"`);
  }
  if (text === undefined) throw new UsageError(`--${name} needs a value (${flag.description})`);
  if (flag.choices !== undefined && !flag.choices.includes(text)) {
    throw new UsageError(`--${name} does not know "${text}"`, `use one of ${flag.choices.join(', ')}`);
  }
  if (flag.type === 'number') {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value)) {
      throw new UsageError(`--${name} takes a whole number, not "${text}"`);
    }
    return value;
  }
  if (flag.type === 'duration') {
    const value = parseDuration(text);
    if (value === undefined) throw new UsageError(`--${name} takes a duration such as 30s or 5m, not "${text}"`);
    return value;
  }
  return text;
}

function unknownFlag(rawName: string, words: string, flags: Flags): UsageError {
  const near = suggest(
    rawName.replace(/^-+/, ''),
    Object.keys(flags).filter((name) => flags[name]?.hidden !== true),
  );
  const see = `see ecsmctl ${words === '' ? '' : `${words} `}--help`;
  return new UsageError(
    `unknown flag ${rawName}${words === '' ? '' : ` for "ecsmctl ${words}"`}`,
    near === undefined ? see : `did you mean --${near}? Otherwise ${see}`,
  );
}

/** Starting values: booleans and lists are always there. */
function defaultValues(flags: Flags): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.default !== undefined) values[name] = flag.default;
    else if (flag.type === 'boolean') values[name] = false;
    else if (flag.type === 'strings') values[name] = [];
  }
  return values;
}

/**
 * Reads a command line.
 *
 * Flags may stand anywhere, as `--flag value`, `--flag=value`, `-f value` or `-fvalue`; the last one wins, lists collect.
 *
 * @throws UsageError when a command or flag is unknown or a value does not fit; with `--help` in the line, never
 */
export function parseArguments(argv: readonly string[], commands: readonly AnyCommand[], globals: Flags): ParsedLine {
  const { command, words, rest, next } = findCommand(argv, commands, globals);
  const flags: Flags = { ...globals, ...command?.flags };
  const values = defaultValues(flags);
  const args: string[] = [];
  const tokens = tokenize(rest, flags);
  const wantsHelp = tokens.some((token) => token.kind === 'option' && token.name === 'help');
  if (wantsHelp) return { command, words, args, values: { ...values, help: true } };
  if (command === undefined && next !== undefined) throw unknownCommand(words, next, commands);
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) throw unknownFlag(token.rawName, words, flags);
    const value = readValue(token.name, flag, token.value);
    values[token.name] = flag.type === 'strings' ? [...(values[token.name] as readonly unknown[]), value] : value;
  }
  if (command !== undefined) checkCount(command, args);
  return { command, words, args, values };
}

function checkCount(command: AnyCommand, args: readonly string[]): void {
  const { min = 0, max = Number.POSITIVE_INFINITY } = command.arguments ?? {};
  const usage = `usage: ecsmctl ${command.name} ${command.usage ?? ''}`.trim();
  if (args.length < min) throw new UsageError(`"ecsmctl ${command.name}" needs more arguments`, usage);
  const surplus = args[max];
  if (surplus !== undefined) throw new UsageError(`"ecsmctl ${command.name}" does not take "${surplus}"`, usage);
}
