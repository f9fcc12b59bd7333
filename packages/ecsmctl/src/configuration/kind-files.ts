import {
  checkLabelName,
  checkSubdomainName,
  defineKind,
  messageOf,
  nearestWord,
  scopes,
  type KindOptions,
} from '@ecsm/api-types';
import type { ApiObject, JsonSchema, Scheme } from '@ecsm/api-types';

import { CliError, systemReason } from '../cli/cli-error.js';
import { isRecord } from '../is-record.js';
import { checkSchema } from './check-schema.js';
import { readBounded } from './read-bounded.js';

/** The first thing that is wrong with a value, as `.field: rule (got value)`. */
type Check = (value: unknown) => string | undefined;

function got(value: unknown): string {
  return value === undefined ? '' : ` (got ${JSON.stringify(value)})`;
}

function rule(text: string, holds: (value: unknown) => boolean): Check {
  return (value) => (holds(value) ? undefined : `: ${text}${got(value)}`);
}

const text = rule('must be text', (value) => typeof value === 'string');
const truth = rule('must be true or false', (value) => typeof value === 'boolean');
const mapping = rule('must be a mapping', isRecord);
const label: Check = (value) => (typeof value === 'string' ? ruleOf(checkLabelName(value), value) : text(value));
const subdomain: Check = (value) =>
  typeof value === 'string' ? ruleOf(checkSubdomainName(value), value) : text(value);
const path = rule(
  'must be a path such as .spec.size; functions stay in the program',
  (value) => typeof value === 'string' && value.startsWith('.'),
);

function ruleOf(broken: string | undefined, value: string): string | undefined {
  return broken === undefined ? undefined : `: ${broken}${got(value)}`;
}

function oneOf(...values: readonly string[]): Check {
  return rule(`must be ${values.join(' or ')}`, (value) => typeof value === 'string' && values.includes(value));
}

function list(item: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return `: must be a list${got(value)}`;
    for (const [index, each] of value.entries()) {
      const problem = item(each);
      if (problem !== undefined) return `[${index}]${problem}`;
    }
    return undefined;
  };
}

function record(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value) => {
    if (!isRecord(value)) return mapping(value);
    for (const [name, each] of Object.entries(value)) {
      const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (check === undefined) {
        const near = nearestWord(name, Object.keys(fields));
        const known = near === undefined ? `known are ${Object.keys(fields).join(', ')}` : `did you mean "${near}"?`;
        return `.${name}: is not a field of a kind definition; ${known}`;
      }
      const problem = check(each);
      if (problem !== undefined) return `.${name}${problem}`;
    }
    const missing = required.find((name) => value[name] === undefined);
    return missing === undefined
      ? undefined
      : `.${missing}${fields[missing] === path ? (path(undefined) ?? '') : ': is required'}`;
  };
}

const checkDefinition = record(
  {
    group: subdomain,
    version: label,
    kind: rule(
      'must be a name such as Backup',
      (value) => typeof value === 'string' && /^[A-Z][A-Za-z0-9]*$/.test(value),
    ),
    plural: label,
    singular: label,
    shortNames: list(label),
    scope: oneOf(...scopes),
    description: text,
    schema: mapping,
    subresources: record({
      status: truth,
      scale: record({ specReplicasPath: path, statusReplicasPath: path }, ['specReplicasPath', 'statusReplicasPath']),
    }),
    printerColumns: list(
      record({ name: text, value: path, format: oneOf('text', 'number', 'age'), wide: truth }, ['name', 'value']),
    ),
    nameRule: oneOf('label', 'subdomain'),
    keepOnApply: list(record({ path, warning: text }, ['path', 'warning'])),
    timeToLiveMs: rule('must be a whole number of at least 1', (value) => Number.isInteger(value) && Number(value) > 0),
  },
  ['group', 'version', 'kind'],
);

async function parse(file: string): Promise<readonly unknown[]> {
  let content: string;
  try {
    content = (await readBounded(file)).toString();
  } catch (error) {
    throw new CliError(`the kind definitions ${file} cannot be read: ${systemReason(error)}`, {
      hint: '--kinds, ECSMCTL_KINDS or the field kinds of the context names this file',
    });
  }
  // Programs export JSON, which needs no YAML reader.
  const json = parseJson(content);
  if (json !== undefined) return [json];
  const { loadAll } = await import('js-yaml');
  try {
    return loadAll(content, undefined, { filename: file }).filter(
      (document) => document !== undefined && document !== null,
    );
  } catch (error) {
    const [firstLine = ''] = messageOf(error).split('\n');
    throw new CliError(`the kind definitions ${file} are neither JSON nor YAML: ${firstLine}`);
  }
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

async function findSchemaProblem(definition: unknown): Promise<string | undefined> {
  const { schema } = definition as { readonly schema?: JsonSchema };
  const problem = schema === undefined ? undefined : await checkSchema(schema);
  return problem === undefined ? undefined : `.schema${problem}`;
}

/**
 * A scheme with the kinds that files define as data. A file holds one definition, a list of them, or several YAML documents.
 *
 * @throws CliError naming file, field, value and rule of the first definition that cannot be used
 */
export async function addKindFiles(scheme: Scheme, files: readonly string[]): Promise<Scheme> {
  let extended = scheme;
  for (const file of files) {
    const definitions = (await parse(file)).flat();
    if (definitions.length === 0) throw new CliError(`the kind definitions ${file} are empty`);
    for (const [index, definition] of definitions.entries()) {
      const problem = checkDefinition(definition) ?? (await findSchemaProblem(definition));
      const where = `[${index}]`;
      if (problem !== undefined) {
        const field = definitions.length === 1 ? problem.replace(/^[.:] ?/, '') : `${where}${problem}`;
        throw new CliError(`the kind definitions ${file}: ${field}`);
      }
      try {
        extended = extended.with(defineKind(definition as KindOptions<ApiObject>));
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        throw new CliError(`the kind definitions ${file}: ${where}: ${error.message}`);
      }
    }
  }
  return extended;
}
