import { messageLine } from '../internal/message-line.js';
import { readSmallFile } from '../internal/read-small-file.js';
import { fieldOf, settingDefinitions, type SettingDefinition } from './setting-definitions.js';
import { UsageError } from './usage-error.js';

/** What a field of the file says. */
export interface FileValue {
  readonly definition: SettingDefinition;
  readonly text: string;
  /** File and line, for messages. */
  readonly where: string;
}

/** What a configuration file says, and what is wrong with it. */
export interface ConfigurationFile {
  readonly values: readonly FileValue[];
  readonly problems: readonly string[];
}

/** Scalars of the file as the texts that flags would carry. */
function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** File and line of a field, since the fields are all at the top. */
function locate(path: string, content: string, field: string): string {
  const line = content.split('\n').findIndex((each) => each.replace(/["']/g, '').startsWith(`${field}:`));
  return line < 0 ? `${path}: ${field}` : `${path}:${line + 1}: ${field}`;
}

/**
 * Reads a configuration file: the settings as fields of YAML. Every field that is no good becomes a problem.
 *
 * @throws UsageError when the file as a whole cannot be read
 */
export async function readConfigurationFile(path: string): Promise<ConfigurationFile> {
  const bytes = await readSmallFile(path).catch((error: unknown) => {
    throw new UsageError(`--config ${path} cannot be read: ${messageLine(error)}`, { cause: error });
  });
  const content = bytes.toString();
  const { load } = await import('js-yaml');
  let fields: unknown;
  try {
    fields = load(content, { filename: path });
  } catch (error) {
    throw new UsageError(`${path} is not YAML: ${messageLine(error)}`, { cause: error });
  }
  if (fields === null || fields === undefined) return { values: [], problems: [] };
  if (typeof fields !== 'object' || Array.isArray(fields)) {
    throw new UsageError(`${path} must hold fields such as "platformUrl: http://10.0.0.5:3001"`);
  }
  const values: FileValue[] = [];
  const problems: string[] = [];
  const byField = new Map(settingDefinitions.map((definition) => [fieldOf(definition), definition]));
  for (const [field, value] of Object.entries(fields)) {
    const where = locate(path, content, field);
    const definition = byField.get(field);
    const text = scalar(value);
    if (definition === undefined) problems.push(`${where} is not a setting; ${nearest(field, [...byField.keys()])}`);
    else if (definition.secret === true) {
      problems.push(`${where} is a secret: give ${fieldOf(definition)}File, the name of a file that holds it`);
    } else if (text === undefined) problems.push(`${where} is ${JSON.stringify(value)}: it must be a plain value`);
    else if (!isOfType(definition, value)) {
      problems.push(`${where} is ${JSON.stringify(value)}: it ${ruleOfType(definition, text, value)}`);
    } else values.push({ definition, text, where });
  }
  return { values, problems };
}

/** Whether YAML takes a value for what its setting is, so that editors and this program say the same of a file. */
function isOfType({ reader }: SettingDefinition, value: unknown): boolean {
  return [reader.schema.type]
    .flat()
    .some((type) => (type === 'integer' ? Number.isInteger(value) : typeof value === type));
}

function ruleOfType({ reader }: SettingDefinition, text: string, value: unknown): string {
  const reading = reader.read(text);
  if ('rule' in reading) return reading.rule;
  return `must stand ${typeof value === 'string' ? 'without' : 'in'} quotes`;
}

/** Names the field that was probably meant, or all there are. */
function nearest(field: string, known: readonly string[]): string {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');
  const meant = known.find((each) => plain(each) === plain(field) || plain(each).startsWith(plain(field)));
  return meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
}
