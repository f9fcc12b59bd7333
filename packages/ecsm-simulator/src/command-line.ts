import { messageOf } from '@ecsm/api-types';
import yargs from 'yargs';

import { faultPresetNames, type FaultPlan, type FaultPreset } from './faults/fault-plan.js';
import { logFormats, logLevels, type LogFormat, type LogLevel } from './log.js';
import { defaultSettings, type PlatformSettings } from './settings.js';
import { check } from './spec/check.js';
import { SpecError } from './spec/spec-error.js';

/** A command line that cannot be used; the message names the flag, the value and the rule. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/** What containers are: entries of the model, or real processes. */
const runtimes = ['simulated', 'process'] as const;

/** Everything the command line, the environment and the configuration file say. */
export interface CommandOptions {
  readonly port: number;
  readonly host: string;
  readonly cluster: string | undefined;
  readonly state: string | undefined;
  readonly seed: number;
  readonly speed: number;
  readonly faults: FaultPlan | FaultPreset | undefined;
  readonly settings: Partial<PlatformSettings>;
  readonly control: boolean;
  readonly runtime: (typeof runtimes)[number];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** What a command line asks for: to print something and end, or to run. */
export type CommandLine =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'options'; readonly options: CommandOptions };

const prefix = 'ECSM_SIMULATOR_';

/** What yargs gets for the current folder, of which it makes no use here, so that it does not ask for one that may be gone. */
const anyFolder = '/';

/** A flag that stands before its value. */
const valued = { type: 'string', requiresArg: true } as const;

const flags = {
  port: { ...valued, default: '3001', describe: 'port to listen on; 0 takes any free one and prints it' },
  host: { ...valued, default: '127.0.0.1', describe: 'address to listen on' },
  cluster: { ...valued, describe: 'YAML or JSON file with the cluster; a small one is built in' },
  state: { ...valued, describe: 'file to go on from, if it exists, and to save the state to at the end' },
  seed: { ...valued, default: '1', describe: 'what all ids and faults follow from' },
  speed: { ...valued, default: '1', describe: 'simulated seconds per second, 0 to 1000; 0 stands still' },
  faults: { ...valued, describe: `${faultPresetNames.join(', ')}, or a plan as JSON` },
  setting: { ...valued, array: true, describe: 'a setting of the platform, NAME=VALUE; may be repeated' },
  control: { type: 'boolean', default: false, describe: 'serve the control interface for tests under /control' },
  runtime: { ...valued, choices: runtimes, default: 'simulated', describe: 'run the commands of containers for real' },
  config: { ...valued, describe: 'YAML file with any of these flags' },
  'log-level': { ...valued, choices: logLevels, default: 'info', describe: 'least important messages to show' },
  'log-format': { ...valued, choices: logFormats, default: 'pretty', describe: 'lines for people or JSON' },
} as const;

/**
 * Reads the command line; flags go before the environment (`ECSM_SIMULATOR_…`), that before the configuration file.
 *
 * @throws {@link UsageError} or {@link SpecError} for what cannot be used
 */
export async function parseCommandLine(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): Promise<CommandLine> {
  const parser = yargs([...argv], anyFolder)
    .scriptName('ecsm-simulator')
    .usage('$0: an ECSM server over a simulated cluster')
    .options(flags)
    .config(await configuration(argv, env))
    .epilogue('Each flag is also read from the environment: ECSM_SIMULATOR_PORT, ECSM_SIMULATOR_LOG_LEVEL, …')
    .version(false)
    .help(false)
    .option('help', { type: 'boolean', describe: 'show this text' })
    .option('version', { type: 'boolean', describe: 'show the version' })
    .strict()
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw new UsageError(`${message ?? error?.message ?? 'wrong flags'}; see ecsm-simulator --help`);
    });
  const parsed = await parser.parseAsync();
  if (parsed.help === true) return { kind: 'text', text: await parser.getHelp() };
  if (parsed.version === true) return { kind: 'text', text: version };
  // Whatever their types say, yargs makes lists of these.
  for (const [name, value] of Object.entries<unknown>(parsed))
    if (name in flags && name !== 'setting' && Array.isArray(value))
      throw new UsageError(`--${name} is given more than once`);
  return {
    kind: 'options',
    options: {
      port: integer('port', parsed.port, 0, 65_535),
      host: parsed.host,
      cluster: parsed.cluster,
      state: parsed.state,
      seed: integer('seed', parsed.seed, 0, 2 ** 31 - 1),
      speed: within('speed', parsed.speed, 0, 1000),
      faults: faultsOf(parsed.faults),
      settings: settingsOf(parsed.setting ?? []),
      control: parsed.control,
      runtime: parsed.runtime,
      logLevel: parsed['log-level'],
      logFormat: parsed['log-format'],
    },
  };
}

/** Values of the configuration file with those of the environment laid over them. */
async function configuration(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, unknown>> {
  const fromEnvironment: Record<string, unknown> = {};
  for (const name of Object.keys(flags)) {
    const value = env[prefix + name.toUpperCase().replace('-', '_')];
    if (value !== undefined && value !== '') fromEnvironment[name] = name === 'setting' ? value.split(',') : value;
  }
  const given = await yargs([...argv], anyFolder)
    .option('config', { type: 'string' })
    .help(false)
    .version(false)
    .exitProcess(false)
    .parseAsync();
  const path = given.config ?? fromEnvironment['config'];
  const values = { ...(typeof path === 'string' ? await readConfiguration(path) : {}), ...fromEnvironment };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === null ? [] : [[name, name === 'control' ? truth(name, value) : asWritten(value)]],
    ),
  );
}

/** A value as it would stand on the command line: YAML has numbers and mappings too. */
function asWritten(value: unknown): string | readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function truth(flag: string, value: unknown): boolean {
  const text = String(value);
  if (text !== 'true' && text !== 'false')
    throw new UsageError(`--${flag}: ${JSON.stringify(value)} must be true or false`);
  return text === 'true';
}

async function readConfiguration(path: string): Promise<Record<string, unknown>> {
  const [{ load }, { readFile }] = await Promise.all([import('js-yaml'), import('node:fs/promises')]);
  let content: unknown;
  try {
    content = load(await readFile(path, 'utf8'), { filename: path }) ?? {};
  } catch (error) {
    throw new UsageError(`configuration ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SpecError(path, [{ path: '', rule: 'must be a mapping of flags to values' }]);
  }
  const problems = Object.keys(content)
    .filter((name) => !(name in flags))
    .map((name) => ({ path: name, rule: `is not a known flag (known: ${Object.keys(flags).join(', ')})` }));
  if (problems.length > 0) throw new SpecError(path, problems);
  return { ...content };
}

function faultsOf(text: string | undefined): FaultPlan | FaultPreset | undefined {
  if (text === undefined) return undefined;
  let plan: unknown = text;
  if (text.trimStart().startsWith('{')) {
    try {
      plan = JSON.parse(text);
    } catch (error) {
      throw new UsageError(`--faults: ${messageOf(error)}`, { cause: error });
    }
  }
  assertFaults(plan);
  return plan;
}

function settingsOf(pairs: readonly string[]): Partial<PlatformSettings> {
  const settings = Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UsageError(`--setting: ${JSON.stringify(pair)} must be of the form NAME=VALUE`);
      const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
      return [name, valueFor(name, value)] as const;
    }),
  );
  assertSettings(settings);
  return settings;
}

function valueFor(name: string, value: string): unknown {
  const standard = new Map<string, unknown>(Object.entries(defaultSettings)).get(name);
  if (typeof standard === 'number' && value !== '' && !Number.isNaN(Number(value))) return Number(value);
  if (typeof standard === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function assertFaults(plan: unknown): asserts plan is FaultPlan | FaultPreset {
  check('faults', plan, '--faults');
}

function assertSettings(settings: unknown): asserts settings is Partial<PlatformSettings> {
  check('settings', settings, '--setting');
}

function integer(flag: string, text: string, least: number, most: number): number {
  const value = within(flag, text, least, most, 'an integer');
  if (!Number.isInteger(value)) throw outOfRange(flag, text, least, most, 'an integer');
  return value;
}

function within(flag: string, text: string, least: number, most: number, kind = 'a number'): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= least && value <= most)) throw outOfRange(flag, text, least, most, kind);
  return value;
}

function outOfRange(flag: string, text: string, least: number, most: number, kind: string): UsageError {
  return new UsageError(`--${flag}: ${JSON.stringify(text)} must be ${kind} from ${least} to ${most}`);
}
