import type { SchemaViolation } from '@ecsm/api-types';

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** The rule a schema violation breaks, in words that complete "the field …". */
export function ruleOf(violation: SchemaViolation, all: readonly SchemaViolation[]): string {
  const { keyword, params, data, message } = violation;
  const limit = String(params['limit']);
  switch (keyword) {
    case 'type':
      return mustBe(listOf(params['type']), data);
    case 'anyOf':
    case 'oneOf': {
      const same = all.filter((each) => each.instancePath === violation.instancePath && each.keyword === 'type');
      if (same.length === 0) return 'must have one of the allowed forms';
      return mustBe(
        same.flatMap((each) => listOf(each.params['type'])),
        data,
      );
    }
    case 'enum':
      return `must be one of ${listOf(params['allowedValues']).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'exclusiveMinimum':
      return `must be greater than ${limit}`;
    case 'exclusiveMaximum':
      return `must be less than ${limit}`;
    case 'minItems':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} entries`;
    case 'maxItems':
      return `must have at most ${limit} entries`;
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'pattern':
      return `must match ${String(params['pattern'])}`;
    default:
      return message ?? `must satisfy "${keyword}" of the schema`;
  }
}

function mustBe(types: readonly string[], data: unknown): string {
  const names = [...new Set(types)].map((type) => typeNames[type] ?? type);
  const quotes = types.includes('string') && (typeof data === 'number' || typeof data === 'boolean');
  return `must be ${names.join(' or ')}${quotes ? ': write it in quotes' : ''}`;
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
