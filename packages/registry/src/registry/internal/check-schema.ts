import {
  didYouMean,
  type FieldError,
  type SchemaValidator,
  type SchemaViolation,
  type WriteOptions,
} from '@ecsm/api-types';
import { childOf, fieldName, stepsOfPointer, type Step } from './field-name.js';
import type { KindBinding } from './kind-binding.js';
import type { RawObject } from './raw-object.js';
import { fieldsAt } from './fields-at.js';
import { presentable } from './presentable.js';
import { ruleOf } from './rule-of.js';

/** How a write treats fields the kind does not know, and where its warnings go. */
export type FieldOptions = Pick<WriteOptions, 'fieldValidation' | 'onWarning'>;

/** The rule of a field that is not there. */
export const requiredRule = 'is required';

/**
 * Checks an object against the schema of its kind and returns every broken rule.
 *
 * A field that is null where the schema knows no null counts as absent, as in Kubernetes, and is removed from the object.
 * Fields the kind does not know are findings, or are removed when `fieldValidation` says so. Metadata is none of the
 * schema's business: its rules are the same for all kinds, and checked before.
 */
export async function checkSchema(
  binding: KindBinding,
  object: RawObject,
  options: FieldOptions,
): Promise<readonly FieldError[]> {
  const compiled = binding.validator();
  const validate = 'then' in compiled ? await compiled : compiled;
  for (;;) {
    const violations = violationsOf(validate, object);
    if (violations.length === 0) return [];
    // Every round removes a field, so there are few.
    if (!removeLoose(binding, object, violations, options)) return explain(binding, object, violations);
  }
}

function violationsOf(validate: SchemaValidator, object: RawObject): readonly SchemaViolation[] {
  if (validate(object)) return [];
  return (validate.errors ?? []).filter(
    ({ instancePath }) => instancePath !== '/metadata' && !instancePath.startsWith('/metadata/'),
  );
}

function removeLoose(
  binding: KindBinding,
  object: RawObject,
  violations: readonly SchemaViolation[],
  options: FieldOptions,
): boolean {
  const loosely = options.fieldValidation === 'warn' || options.fieldValidation === 'ignore';
  let removed = false;
  for (const violation of violations) {
    const steps = stepsOfPointer(violation.instancePath, object);
    if (violation.keyword === 'type' && violation.data === null) {
      removed = removeField(object, steps) || removed;
    } else if (violation.keyword === 'additionalProperties' && loosely) {
      const unknown = [...steps, String(violation.params['additionalProperty'])];
      if (!removeField(object, unknown)) continue;
      removed = true;
      if (options.fieldValidation === 'warn') {
        options.onWarning?.(`${fieldName(unknown)} is not a field of ${binding.kind.kind} and was left out`);
      }
    }
  }
  return removed;
}

function removeField(object: RawObject, steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  const parent = steps.slice(0, -1).reduce<unknown>(childOf, object);
  if (typeof last !== 'string' || childOf(parent, last) === undefined) return false;
  return Reflect.deleteProperty(parent as object, last);
}

function explain(
  binding: KindBinding,
  object: RawObject,
  violations: readonly SchemaViolation[],
): readonly FieldError[] {
  const errors = new Map<string, FieldError>();
  // Where nothing of several alternatives fits, the rules of each single one would only confuse.
  const alternatives = new Set(
    violations
      .filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
      .map(({ instancePath }) => instancePath),
  );
  for (const violation of violations) {
    const { instancePath, keyword, params } = violation;
    const combines = keyword === 'anyOf' || keyword === 'oneOf';
    if (!combines && alternatives.has(instancePath) && keyword === 'type') continue;
    const steps = stepsOfPointer(instancePath, object);
    let error: FieldError;
    if (keyword === 'required') {
      error = { field: fieldName([...steps, String(params['missingProperty'])]), rule: requiredRule };
    } else if (keyword === 'additionalProperties') {
      const name = String(params['additionalProperty']);
      const rule = `is not a field of ${binding.kind.kind}; ${didYouMean(name, fieldsAt(binding.kind.schema, steps))}`;
      error = valued([...steps, name], object, rule);
    } else {
      error = valued(steps, object, ruleOf(violation, violations));
    }
    errors.set(`${error.field} ${error.rule}`, error);
  }
  return [...errors.values()];
}

function valued(steps: readonly Step[], object: RawObject, rule: string): FieldError {
  const value = presentable(steps, steps.reduce<unknown>(childOf, object));
  return { field: fieldName(steps), rule, ...(value === undefined ? {} : { value }) };
}
