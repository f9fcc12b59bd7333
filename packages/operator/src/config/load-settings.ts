import { readFile } from 'node:fs/promises';

import { messageOf } from '../internal/message-of.js';
import { parseFlags } from './command-line.js';
import { defaultSettings, settingDefinitions, type SettingDefinition, type Settings } from './settings.js';
import { UsageError } from './usage-error.js';

/** What the command line asks for. */
export type Request =
  | { readonly type: 'help'; readonly text: string }
  | { readonly type: 'version' }
  | {
      readonly type: 'run';
      readonly settings: Settings;
      /** Names of the settings that somebody has said something about. */
      readonly given: ReadonlySet<keyof Settings>;
    };

const variablePrefix = 'ECSM_OPERATOR_';

/** The environment variable of a setting. */
export function variableOf(definition: SettingDefinition): string {
  return variablePrefix + definition.flag.toUpperCase().replaceAll('-', '_');
}

/** The field of a setting in the configuration file. */
export function fieldOf(definition: SettingDefinition): string {
  return definition.flag.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function accept(into: Map<keyof Settings, unknown>, definition: SettingDefinition, where: string, text: string): void {
  const reading = definition.read(text);
  if ('rule' in reading) throw new UsageError(`${where} is ${JSON.stringify(text)}: it ${reading.rule}`);
  into.set(definition.name, reading.value);
}

/** Scalars of the file as the texts that flags would carry. */
function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

async function readConfig(path: string, into: Map<keyof Settings, unknown>): Promise<void> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--config ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const { load } = await import('js-yaml');
  let content: unknown;
  try {
    content = load(text, { filename: path });
  } catch (error) {
    throw new UsageError(`${path} is not YAML: ${messageOf(error)}`, { cause: error });
  }
  if (content === null || content === undefined) return;
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new UsageError(`${path} must hold fields such as "platformUrl: http://10.0.0.5:3001"`);
  }
  const byField = new Map(settingDefinitions.map((definition) => [fieldOf(definition), definition]));
  for (const [field, value] of Object.entries(content)) {
    const definition = byField.get(field);
    if (definition === undefined) {
      throw new UsageError(`${path}: ${field} is not a setting; there are ${[...byField.keys()].join(', ')}`);
    }
    const given = scalar(value);
    if (given === undefined) {
      throw new UsageError(`${path}: ${field} is ${JSON.stringify(value)}: it must be a plain value`);
    }
    accept(into, definition, `${path}: ${field}`, given);
  }
}

/**
 * Reads what the program is asked to do: flags over environment over file over defaults.
 *
 * @throws UsageError naming the flag, variable or field, its value and the rule
 */
export async function loadSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Request> {
  const { help, version, values: flags } = await parseFlags(argv);
  if (help !== undefined) return { type: 'help', text: help };
  if (version) return { type: 'version' };
  const found = new Map<keyof Settings, unknown>();
  const config = flags['config'] ?? env[`${variablePrefix}CONFIG`];
  if (typeof config === 'string' && config !== '') await readConfig(config, found);
  for (const definition of settingDefinitions) {
    const variable = variableOf(definition);
    const value = env[variable];
    if (value !== undefined && value !== '') accept(found, definition, `the variable ${variable}`, value);
  }
  for (const definition of settingDefinitions) {
    const value = flags[definition.flag];
    if (typeof value === 'string' || typeof value === 'boolean') {
      accept(found, definition, `--${definition.flag}`, String(value));
    }
  }
  return {
    type: 'run',
    settings: { ...defaultSettings, ...(Object.fromEntries(found) as Partial<Settings>) },
    given: new Set(found.keys()),
  };
}
