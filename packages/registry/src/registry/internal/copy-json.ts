import { maxObjectBytes, type FieldError } from '@ecsm/api-types';
import { fieldName, type Step } from './field-name.js';

/** Deeper nesting than this is refused; no kind comes near it, and recursion elsewhere stays safe. */
export const maxDepth = 64;

/** So many steps of a path are shown; only a cycle has more. */
const shownSteps = 16;

/** After this many findings the rest is not worth reading. */
const maxFindings = 20;

/** What {@link copyJson} found: a copy, unless the value is larger than an object may be. */
export interface JsonCopy {
  readonly value: unknown;
  readonly errors: readonly FieldError[];
  /** Whether the value was too large to go on; `value` is then incomplete. */
  readonly tooLarge: boolean;
}

/**
 * Copies a value that came from outside, and lists what in it is not plain JSON data.
 *
 * Fields that are `undefined` are left out, as JSON does. Everything else that JSON would bend or lose in silence is a finding:
 * functions, dates, class instances, NaN, whole numbers that lost digits. So is a field named `__proto__`. Cycles end at the
 * depth limit, and shared references (the expanded aliases of a hostile YAML file) at the size limit.
 */
export function copyJson(input: unknown): JsonCopy {
  const errors: FieldError[] = [];
  const path: Step[] = [];
  let budget = maxObjectBytes;

  const refuse = (rule: string, value?: unknown): unknown => {
    if (errors.length < maxFindings) {
      const shown = path.length > shownSteps ? `${fieldName(path.slice(0, shownSteps))}…` : fieldName(path);
      errors.push({ field: shown, rule, ...(value === undefined ? {} : { value }) });
    }
    return undefined;
  };

  const copyObject = (source: object): unknown => {
    if (path.length >= maxDepth) return refuse(`must not be nested deeper than ${maxDepth} levels`);
    if (Array.isArray(source)) {
      const list: unknown[] = [];
      // Not map(): it would skip the holes of a sparse array.
      for (let index = 0; index < source.length && budget >= 0; index++) {
        path.push(index);
        const value: unknown = source[index];
        list.push(value === undefined ? refuse('must not be undefined') : copy(value));
        path.pop();
      }
      return list;
    }
    const prototype: unknown = Object.getPrototypeOf(source);
    // A plain object of another realm has another Object.prototype; what marks it is that nothing is above that.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      return refuse('must be plain JSON data, not an instance of a class');
    }
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(source)) {
      const value = (source as Readonly<Record<string, unknown>>)[key];
      if (value === undefined) continue;
      budget -= key.length + 4;
      if (budget < 0) break;
      path.push(key);
      if (key === '__proto__') refuse('must not be named __proto__');
      else result[key] = copy(value);
      path.pop();
    }
    return result;
  };

  const copy = (value: unknown): unknown => {
    budget -= 2;
    switch (typeof value) {
      case 'string':
        budget -= value.length;
        return value;
      case 'boolean':
        return value;
      case 'number':
        if (!Number.isFinite(value)) return refuse(`must be a finite number, not ${value}`);
        if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
          return refuse('must lie within ±(2^53 - 1), where numbers are exact; write a larger one as a string', value);
        }
        return value === 0 ? 0 : value; // JSON has no -0
      case 'object':
        return value === null ? null : copyObject(value);
      case 'bigint':
        return refuse('must be plain JSON data: write a big number as a string');
      case 'undefined':
      case 'function':
      case 'symbol':
        return refuse(`must be plain JSON data, not ${typeof value}`);
    }
  };

  const value = copy(input);
  return { value, errors, tooLarge: budget < 0 };
}
