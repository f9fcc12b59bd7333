import { fieldOf, settingDefinitions, type SettingDefinition } from './setting-definitions.js';
import type { FieldSchema } from './setting-readers.js';

interface DescribedField extends FieldSchema {
  readonly description: string;
  readonly default?: string | number | boolean;
}

/** A JSON Schema of the configuration file. */
export interface ConfigurationSchema {
  readonly $schema: string;
  readonly title: string;
  readonly type: readonly string[];
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, DescribedField>>;
}

/** The type under which a text of a setting stands in the file. */
export function typed({ reader }: SettingDefinition, text: string): string | number | boolean {
  const types = [reader.schema.type].flat();
  if (types.includes('boolean')) return text !== 'false';
  if (!types.some((type) => type === 'number' || type === 'integer')) return text;
  const number = Number(text);
  return types.includes('string') && String(number) !== text ? text : number;
}

function describe(definition: SettingDefinition): DescribedField {
  const { help, fallback, absent, reader, reloads } = definition;
  const otherwise = fallback === undefined && absent !== undefined ? `; without it ${absent}` : '';
  const when = reloads === true ? 'A reload changes it.' : 'A change takes a restart.';
  return {
    description: `${help.charAt(0).toUpperCase()}${help.slice(1)}${otherwise}. ${when}`,
    ...(fallback === undefined ? {} : { default: typed(definition, fallback) }),
    ...reader.schema,
  };
}

/** What the configuration file may hold, for editors that complete and check it. */
export function configurationSchema(): ConfigurationSchema {
  const open = settingDefinitions.filter(({ secret }) => secret !== true);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of ecsm-operator',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: Object.fromEntries(open.map((each) => [fieldOf(each), describe(each)])),
  };
}
