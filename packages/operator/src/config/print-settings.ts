import { fileURLToPath } from 'node:url';

import { typed } from './configuration-schema.js';
import type { LoadedSettings } from './load-settings.js';
import { fieldOf, variableOf, type SettingDefinition } from './setting-definitions.js';

/** Column at which the sources stand, where the values leave room. */
const sourceColumn = 48;

const schemaPath = fileURLToPath(new URL('../../schemas/configuration.schema.json', import.meta.url));

/** A text as YAML has it: in quotes where YAML would take it for something else, or where it holds signs with a meaning. */
function scalar(definition: SettingDefinition, text: string, load: (yaml: string) => unknown): string {
  const value = typed(definition, text);
  const isPlain = /^[\w./][\w./:@%+,-]*$/.test(text) && !text.endsWith(':') && load(text) === value;
  return isPlain ? text : JSON.stringify(value);
}

/** All settings as a configuration file that gives the same, each with its source; secrets are masked. */
export async function printSettings({ effective }: LoadedSettings): Promise<string> {
  const { load } = await import('js-yaml');
  const lines = [...effective.values()].map(({ definition, text, where }) => {
    const field = fieldOf(definition);
    if (definition.secret === true) {
      return [
        `# ${field}: ${text === undefined ? 'not set' : '***'}`,
        `only from the variable ${variableOf(definition)}`,
      ];
    }
    return text === undefined
      ? [`# ${field}: not set`, definition.absent ?? 'none']
      : [`${field}: ${scalar(definition, text, load)}`, where.replace(/^the variable/, 'variable')];
  });
  const table = lines.map(([line = '', source = '']) => `${line.padEnd(sourceColumn)} # ${source}\n`);
  return [`# yaml-language-server: $schema=${schemaPath}\n`, ...table].join('');
}
