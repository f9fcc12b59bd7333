import { UsageError } from '../cli/cli-error.js';

/** How objects are printed. */
export type OutputFormat =
  | { readonly type: 'table'; readonly wide: boolean }
  | { readonly type: 'json' | 'yaml' | 'name' }
  | { readonly type: 'jsonpath' | 'custom-columns'; readonly template: string };

/** The names that `-o` knows. */
export const outputNames = ['table', 'wide', 'json', 'yaml', 'name', 'jsonpath=', 'custom-columns='] as const;

/** Reads the value of `-o`. @throws UsageError when it is none of {@link outputNames} */
export function parseOutputFormat(text: string | undefined): OutputFormat {
  if (text === undefined || text === 'table') return { type: 'table', wide: false };
  if (text === 'wide') return { type: 'table', wide: true };
  if (text === 'json' || text === 'yaml' || text === 'name') return { type: text };
  const separator = text.indexOf('=');
  const name = separator === -1 ? text : text.slice(0, separator);
  const template = separator === -1 ? '' : text.slice(separator + 1);
  if (name === 'jsonpath' || name === 'custom-columns') {
    if (template !== '') return { type: name, template };
    const example = name === 'jsonpath' ? `-o jsonpath='{.metadata.name}'` : '-o custom-columns=NAME:.metadata.name';
    throw new UsageError(`-o ${name} needs a template`, `for example ${example}`);
  }
  throw new UsageError(`-o does not know "${text}"`, `use one of ${outputNames.join(', ')}`);
}
