import { globalFlags } from '../definitions/global-flags.js';
import type { AnyCommand } from './command.js';
import type { Flag, Flags } from './flag.js';

const groups = ['Objects', 'Rollouts', 'Platform', 'Settings and help'] as const;

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`).join('');
}

/** A flag as one writes it: `-o, --output FORMAT`. */
export function flagSyntax(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.type === 'boolean' ? '' : ` ${flag.value ?? 'VALUE'}`;
  return `${short}--${name}${value}`;
}

/** What a flag does, with its default. */
export function flagMeaning(flag: Flag): string {
  const { default: value } = flag;
  if (value === undefined || value === false || value === '' || value === 'none') return flag.description;
  const shown = flag.type === 'duration' ? `${Number(value) / 1000}s` : value;
  return `${flag.description} (default ${shown})`;
}

/** The flags that help shows. */
export function shownFlags(flags: Flags): readonly (readonly [string, Flag])[] {
  return Object.entries(flags).filter(([, flag]) => flag.hidden !== true);
}

function flagTable(flags: Flags): string {
  return columns(shownFlags(flags).map(([name, flag]) => [flagSyntax(name, flag), flagMeaning(flag)]));
}

/** What `ecsmctl --help` prints. */
export function overviewHelp(commands: readonly AnyCommand[]): string {
  const shown = commands.filter((command) => command.hidden !== true);
  const sections = groups.map((group) => {
    const rows = shown
      .filter((command) => command.group === group)
      .map(({ name, summary }) => [name, summary] as const);
    return `${group}:\n${columns(rows)}`;
  });
  return [
    'ecsmctl works with declared objects in a registry and with the ECSM platform itself.\n',
    'Examples:\n' +
      columns([
        ['ecsmctl apply -f web.yaml', 'declare a service'],
        ['ecsmctl get es', 'see declared services'],
        ['ecsmctl describe es web', 'see everything about one'],
        ['ecsmctl get nodes', 'see the nodes of the platform'],
      ]),
    ...sections,
    `Flags of every command:\n${flagTable(globalFlags)}`,
    'Exit codes: 0 done, 1 error, 2 usage, 3 not found, 4 conflict, 5 timeout, 130 interrupted.\n' +
      'See "ecsmctl COMMAND --help" for more about a command.\n',
  ].join('\n');
}

/** What `ecsmctl GROUP` prints for a first word that has commands below it. */
export function groupHelp(words: string, commands: readonly AnyCommand[]): string {
  const rows = commands
    .filter(({ name, hidden }) => name.startsWith(`${words} `) && hidden !== true)
    .map(({ name, summary }) => [`ecsmctl ${name}`, summary] as const);
  return `${columns(rows)}\nSee "ecsmctl ${words} COMMAND --help" for more about a command.\n`;
}

/** What `ecsmctl COMMAND --help` prints. */
export function commandHelp(command: AnyCommand): string {
  const { name, summary, details, usage, examples = [], flags } = command;
  const own = shownFlags(flags).length > 0;
  const parts = [`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.\n`];
  if (details !== undefined) parts.push(`${details}\n`);
  parts.push(`Usage:\n  ${['ecsmctl', name, usage, own ? '[flags]' : undefined].filter(Boolean).join(' ')}\n`);
  if (examples.length > 0) {
    parts.push(`Examples:\n${examples.map(({ does, line }) => `  # ${does}\n  ${line}\n`).join('')}`);
  }
  if (own) parts.push(`Flags:\n${flagTable(flags)}`);
  parts.push('See "ecsmctl --help" for the flags of every command.\n');
  return parts.join('\n');
}
