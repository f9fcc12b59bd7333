import type { LoadedSettings } from './load-settings.js';
import { fieldOf, variableOf } from './setting-definitions.js';

/** Column at which the sources stand, where the values leave room. */
const sourceColumn = 48;

/** Texts that YAML would take for something else, or that hold signs with a meaning. */
function quoted(text: string): string {
  return /^[\w./][\w./:@%+,-]*$/.test(text) && !text.endsWith(':') ? text : JSON.stringify(text);
}

/** All settings as a configuration file that gives the same, each with its source; secrets are masked. */
export function printSettings({ effective }: LoadedSettings): string {
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
      : [`${field}: ${quoted(text)}`, where.replace(/^the variable/, 'variable')];
  });
  return lines.map(([line = '', source = '']) => `${line.padEnd(sourceColumn)} # ${source}\n`).join('');
}
