import { withoutCredentials } from '@ecsm/api-types';

import { messageLine } from '../internal/message-line.js';
import { checkTogether } from './check-together.js';
import { parseFlags } from './command-line.js';
import { readConfigurationFile } from './configuration-file.js';
import { parseDuration } from './duration.js';
import { profiles } from './profiles.js';
import { settingDefinitions, variableOf, variablePrefix, type SettingDefinition } from './setting-definitions.js';
import type { Settings } from './settings.js';
import { UsageError } from './usage-error.js';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a setting's value comes from. */
export type SettingSource = 'flag' | 'variable' | 'file' | 'profile' | 'default';

/** One setting as it holds. */
export interface EffectiveSetting {
  readonly definition: SettingDefinition;
  /** As it was written; absent where nothing is set and nothing holds. */
  readonly text?: string;
  readonly source: SettingSource;
  /** Source in words, such as `variable ECSM_OPERATOR_WORKERS`. */
  readonly where: string;
}

/** What holds, and why. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly effective: ReadonlyMap<keyof Settings, EffectiveSetting>;
  /** The configuration file, if there is one. */
  readonly configPath?: string;
}

/** What the command line asks for. */
export type Request =
  | { readonly type: 'help'; readonly text: string }
  | { readonly type: 'version' }
  | ({ readonly type: 'run' } & LoadedSettings);

/** A text as messages may show it: what looks like an address without anything in it that may be a secret. */
function shownText(text: string): string {
  return withoutCredentials(text).replace(/^(https?:[^?#]*[?#]).+/s, '$1***');
}

class Collector {
  readonly effective = new Map<keyof Settings, EffectiveSetting>();
  readonly values = new Map<keyof Settings, unknown>();
  readonly problems: string[] = [];

  /** Takes a text for a setting; later ones win. */
  take(definition: SettingDefinition, text: string, source: SettingSource, where: string): void {
    const reading = definition.reader.read(text);
    if ('rule' in reading) {
      const shown = definition.secret === true ? '***' : JSON.stringify(shownText(text));
      this.problems.push(`${where} is ${shown}: it ${reading.rule}`);
      return;
    }
    this.values.set(definition.name, reading.value);
    this.effective.set(definition.name, { definition, text, source, where });
  }
}

/**
 * Reads what the program is asked to do: flags over environment over file over profile over defaults.
 *
 * @throws UsageError naming each flag, variable or field that makes no sense, its value and the rule
 */
export async function loadSettings(argv: readonly string[], env: Environment): Promise<Request> {
  const { help, version, values: flags } = await parseFlags(argv);
  if (help !== undefined) return { type: 'help', text: help };
  if (version) return { type: 'version' };
  const given = new Collector();
  const config = flags['config'] ?? env[`${variablePrefix}CONFIG`];
  const configPath = typeof config === 'string' && config !== '' ? config : undefined;
  if (configPath !== undefined) {
    const { values, problems } = await readConfigurationFile(configPath);
    given.problems.push(...problems);
    for (const { definition, text, where } of values) given.take(definition, text, 'file', where);
  }
  for (const definition of settingDefinitions) {
    const variable = variableOf(definition);
    const value = env[variable];
    if (value !== undefined && value !== '') given.take(definition, value, 'variable', `the variable ${variable}`);
    const flag = flags[definition.flag];
    if (typeof flag === 'string' || typeof flag === 'boolean') {
      given.take(definition, String(flag), 'flag', `--${definition.flag}`);
    }
  }
  const profile = (given.values.get('profile') ?? 'default') as Settings['profile'];
  const found = new Collector();
  for (const definition of settingDefinitions) {
    const { name, fallback } = definition;
    const text = profiles[profile][name];
    if (text !== undefined) found.take(definition, text, 'profile', `profile ${profile}`);
    else if (fallback !== undefined) found.take(definition, fallback, 'default', 'default');
    else found.effective.set(name, { definition, source: 'default', where: 'default' });
  }
  for (const [name, value] of given.values) found.values.set(name, value);
  for (const [name, each] of given.effective) found.effective.set(name, each);
  // Complete: what is not optional has a fallback.
  const settings = Object.fromEntries(found.values) as Partial<Settings> as Settings;
  const problems = [...given.problems, ...(await scheduleProblems(found.effective.get('backupSchedule')))];
  if (problems.length === 0) problems.push(...checkTogether(settings));
  if (problems.length > 0) throw new UsageError(problems);
  return { type: 'run', settings, effective: found.effective, ...(configPath === undefined ? {} : { configPath }) };
}

/** What is wrong with a schedule in cron's form that looks like one; what reads it is loaded only where there is one. */
async function scheduleProblems(setting: EffectiveSetting | undefined): Promise<readonly string[]> {
  if (setting?.text === undefined || parseDuration(setting.text) !== undefined) return [];
  const { Cron } = await import('croner');
  const problem = (why: string): readonly string[] => [`${setting.where} is ${JSON.stringify(setting.text)}: ${why}`];
  try {
    return new Cron(setting.text).nextRun() === null ? problem('it names no time that ever comes') : [];
  } catch (error) {
    return problem(messageLine(error));
  }
}
