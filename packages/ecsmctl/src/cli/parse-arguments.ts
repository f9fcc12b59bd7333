import { nearestWord } from '@ecsm/api-types';
import parser from 'yargs-parser';

import { UsageError } from './cli-error.js';
import type { AnyCommand } from './command.js';
import { parseDuration } from './duration.js';
import type { Flag, Flags } from './flag.js';
import { locate } from './locate.js';
import { hintForUnknownCommand } from './unknown-command.js';

/** What a command line asks for. */
export interface ParsedLine {
  /** Absent when only a group or nothing was named. */
  readonly command: AnyCommand | undefined;
  /** The words that named the command or group, joined. */
  readonly words: string;
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** Words and flags are taken as they are written: no numbers, no paths, no camel case read into them. */
const plainReading = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
} as const;

/** What stands in a line: its words, and each flag with every value it was given; a boolean without one has none. */
interface Line {
  readonly words: readonly string[];
  readonly given: Readonly<Record<string, readonly (string | boolean)[]>>;
}

/** Parts a value from its letter, as in `-ojson`, which yargs would read as five flags. */
function partShortFlags(args: readonly string[], flags: Flags): string[] {
  const valued = new Set(Object.values(flags).flatMap(({ type, short }) => (type === 'boolean' ? [] : (short ?? []))));
  const end = args.indexOf('--');
  return args.flatMap((arg, index) => {
    const [dash, letter = '', ...value] = arg;
    const parted = dash === '-' && valued.has(letter) && value.length > 0 && (end === -1 || index < end);
    return parted ? [`-${letter}`, value.join('').replace(/^=/, '')] : [arg];
  });
}

function readLine(args: readonly string[], flags: Flags): Line {
  const names = Object.entries(flags);
  const alias = Object.fromEntries(
    names.flatMap(([name, { short }]) => (short === undefined ? [] : [[name, [short]]])),
  );
  const { _: words, ...values } = parser(partShortFlags(args, flags), {
    alias,
    boolean: names.flatMap(([name, { type }]) => (type === 'boolean' ? [name] : [])),
    string: names.flatMap(([name, { type }]) => (type === 'boolean' ? [] : [name])),
    configuration: plainReading,
  });
  const given = Object.entries(values as Record<string, unknown>).map(([name, value]) => [name, [value].flat()]);
  return { words: words.map(String), given: Object.fromEntries(given) as Line['given'] };
}

/** yargs takes any text for `false`. */
function checkTruths(argv: readonly string[], flags: Flags): void {
  for (const arg of argv) {
    if (arg === '--') return;
    const [, rawName = '', text = ''] = /^(--[^=]+|-[^=-])=(.*)$/s.exec(arg) ?? [];
    const flag = Object.entries(flags).find(([name, { short = '' }]) => [`--${name}`, `-${short}`].includes(rawName));
    if (flag?.[1].type === 'boolean' && !['true', 'false'].includes(text))
      throw new UsageError(`${rawName} is true or false, not "${text}"`);
  }
}

function unknownCommand(words: string, word: string, commands: readonly AnyCommand[]): UsageError {
  const name = words === '' ? word : `${words} ${word}`;
  return new UsageError(`unknown command "${name}"`, hintForUnknownCommand(words, word, commands));
}

function readValue(name: string, flag: Flag, text: string | boolean): unknown {
  if (typeof text === 'boolean') return text;
  if (text === '') throw new UsageError(`--${name} needs a value (${flag.description})`);
  if (flag.choices !== undefined && !flag.choices.includes(text)) {
    throw new UsageError(`--${name} does not know "${text}"`, `use one of ${flag.choices.join(', ')}`);
  }
  if (flag.type === 'number') {
    const value = Number(text);
    if (!/^[-+]?\d+$/.test(text) || !Number.isSafeInteger(value)) {
      throw new UsageError(`--${name} takes a whole number, not "${text}"`);
    }
    if (flag.min !== undefined && value < flag.min)
      throw new UsageError(`--${name} begins at ${flag.min}, not ${value}`);
    return value;
  }
  if (flag.type === 'duration') {
    const value = parseDuration(text);
    if (value === undefined) throw new UsageError(`--${name} takes a duration such as 30s or 5m, not "${text}"`);
    return value;
  }
  return text;
}

function unknownFlag(name: string, words: string, flags: Flags): UsageError {
  const rawName = name.length === 1 ? `-${name}` : `--${name}`;
  const near = nearestWord(
    name,
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
 * @throws UsageError when a command or flag is unknown or a value does not fit; with `--help` in the line, only for an unknown command
 */
export function parseArguments(argv: readonly string[], commands: readonly AnyCommand[], globals: Flags): ParsedLine {
  const { words: named, command, rest } = locate(argv, commands, globals);
  const words = named.join(' ');
  const flags: Flags = { ...globals, ...command?.flags };
  const values = defaultValues(flags);
  const line = readLine(argv, flags);
  const [next] = rest;
  if (command === undefined && next !== undefined) throw unknownCommand(words, next, commands);
  if (line.given['help'] !== undefined) return { command, words, args: [], values: { ...values, help: true } };
  checkTruths(argv, flags);
  for (const [name, texts] of Object.entries(line.given)) {
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) throw unknownFlag(name, words, flags);
    const read = texts.map((text) => readValue(name, flag, text));
    values[name] = flag.type === 'strings' ? read : read.at(-1);
  }
  const args = line.words.slice(named.length);
  if (command !== undefined) checkCount(command, args);
  return { command, words, args, values };
}

function checkCount(command: AnyCommand, args: readonly string[]): void {
  const { min = 0, max = Number.POSITIVE_INFINITY } = command.arguments ?? {};
  const usage = `usage: ecsmctl ${command.name} ${command.usage ?? ''}`.trim();
  if (args.length < min) throw new UsageError(`"ecsmctl ${command.name}" needs more arguments`, usage);
  const surplus = args[max];
  if (surplus === undefined) return;
  const isFile = 'filename' in command.flags && /\.(?:ya?ml|json)$/i.test(surplus);
  throw new UsageError(
    `"ecsmctl ${command.name}" does not take "${surplus}"`,
    isFile ? `did you mean -f ${surplus}? ${usage}` : usage,
  );
}
