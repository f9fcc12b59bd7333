import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

import { SpecError, type SpecProblem } from './spec-error.js';
import { schemas } from './schema.js';

const ajv = new Ajv({ allErrors: true, strictTypes: false, verbose: true });
const validators = new Map<keyof typeof schemas, ValidateFunction>();

/**
 * Checks something a person wrote against its schema.
 *
 * @throws {@link SpecError} with the path, the value and the rule of each fault
 */
export function check(schema: keyof typeof schemas, value: unknown, source: string): void {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schemas[schema]);
    validators.set(schema, validate);
  }
  if (validate(value)) return;
  // `if` and `anyOf` only repeat what the errors inside them say.
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf');
  throw new SpecError(source, errors.map(problem));
}

function problem(error: ErrorObject): SpecProblem {
  const path = error.instancePath
    .replace(/\/(\d+)/g, '[$1]')
    .replace(/\//g, '.')
    .replace(/^\./, '');
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const field = String(params['additionalProperty']);
      return { path: path === '' ? field : `${path}.${field}`, rule: 'is not a known field' };
    }
    case 'required': {
      const field = String(params['missingProperty']);
      return { path: path === '' ? field : `${path}.${field}`, rule: 'is required' };
    }
    case 'enum':
      return {
        path,
        value: error.data,
        rule: `must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}`,
      };
    default:
      return { path, value: error.data, rule: error.message ?? 'is wrong' };
  }
}
