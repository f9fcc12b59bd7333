import { apiVersionOf, nearestWord, type JsonSchema } from '@ecsm/api-types';

import { CliError, UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { exitCodes } from '../cli/exit-code.js';
import type { explainFlags } from '../definitions/settings.js';
import { fieldsOf, holder, resolve } from '../resources/schema-fields.js';
import { findType } from '../resources/vocabulary.js';

function typeOf(schema: JsonSchema, root: JsonSchema): string {
  const resolved = resolve(schema, root);
  const { type, items, additionalProperties } = resolved;
  const choices = resolved.enum;
  if (choices !== undefined) return `<${choices.map(String).join('|')}>`;
  if (items !== undefined && !Array.isArray(items)) return `<[]${typeOf(items as JsonSchema, root).slice(1, -1)}>`;
  if (type === 'object' && resolved.properties === undefined && typeof additionalProperties === 'object') {
    return `<map[string]${typeOf(additionalProperties, root).slice(1, -1)}>`;
  }
  if (type === undefined)
    return resolved.anyOf === undefined
      ? '<any>'
      : `<${resolved.anyOf.map((each) => typeOf(each, root).slice(1, -1)).join('|')}>`;
  return `<${typeof type === 'string' ? type : type.join('|')}>`;
}

function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${indent}${each}\n`).join('');
}

function tree(schema: JsonSchema, root: JsonSchema, indent: string, above: readonly JsonSchema[]): string {
  return Object.entries(fieldsOf(schema, root))
    .map(([name, field]) => {
      const inner = holder(field, root);
      // A type that holds itself is shown once.
      const below = above.includes(inner) ? '' : tree(field, root, `${indent}  `, [...above, inner]);
      return `${indent}${name}\t${typeOf(field, root)}\n${below}`;
    })
    .join('');
}

/** Explains a type or one of its fields from the schema. */
export const explain: Handler<typeof explainFlags> = async (invocation, flags) => {
  // Completion ends what has fields with a dot, as shells do a folder with a slash.
  const [word = '', ...path] = (invocation.args[0] ?? '').replace(/\.$/, '').split('.');
  const type = findType(word, await invocation.scheme());
  if (type.world === 'platform') {
    if (path.length > 0) throw new UsageError(`${type.kind.plural} belong to the platform and have no schema here`);
    invocation.print(
      `KIND:     ${type.kind.singular} (platform)\n\nDESCRIPTION:\n${wrap(type.kind.description, '  ', 80)}`,
    );
    return;
  }
  const { kind } = type;
  const root = kind.schema;
  let field: JsonSchema = resolve(root, root);
  let said = kind.description;
  const walked: string[] = [];
  for (const step of path) {
    const properties = fieldsOf(field, root);
    const next = Object.hasOwn(properties, step) ? properties[step] : undefined;
    const at = [kind.singular, ...walked].join('.');
    if (next === undefined) {
      const near = nearestWord(step, Object.keys(properties));
      const hint =
        near === undefined
          ? `${at} has ${Object.keys(properties).join(', ') || 'no fields'}`
          : `did you mean "${near}"?`;
      throw new CliError(`${at} has no field "${step}"`, { hint, exitCode: exitCodes.notFound });
    }
    walked.push(step);
    field = next;
    said = resolve(next, root).description ?? '';
  }
  const { properties = {}, required = [] } = holder(field, root);
  const head = [`KIND:     ${kind.kind}\n`, `VERSION:  ${apiVersionOf(kind)}\n`];
  if (walked.length > 0) head.push(`FIELD:    ${walked.join('.')} ${typeOf(field, root)}\n`);
  const body = [`\nDESCRIPTION:\n${wrap(said === '' ? 'No description.' : said, '  ', 80)}`];
  if (flags.recursive) body.push(`\nFIELDS:\n${tree(field, root, '  ', [holder(field, root)])}`);
  else if (Object.keys(properties).length > 0) {
    const rows = Object.entries(properties).map(([name, each]) => {
      const text = resolve(each, root).description;
      const mark = required.includes(name) ? ' -required-' : '';
      return `  ${name}\t${typeOf(each, root)}${mark}\n${text === undefined ? '' : wrap(text, '    ', 80)}\n`;
    });
    body.push(`\nFIELDS:\n${rows.join('').trimEnd()}\n`);
  }
  invocation.print([...head, ...body].join(''));
};
