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
  const copier = new Copier();
  const value = copier.copy(input);
  return { value, errors: copier.errors, tooLarge: copier.budget < 0 };
}

class Copier {
  readonly errors: FieldError[] = [];
  /** Characters that may still come. Below zero, what is copied is of no use and the work ends. */
  budget = maxObjectBytes;
  readonly #path: Step[] = [];

  copy(value: unknown): unknown {
    this.budget -= 2;
    switch (typeof value) {
      case 'string':
        this.budget -= value.length;
        return value;
      case 'boolean':
        return value;
      case 'number':
        return this.#copyNumber(value);
      case 'object':
        if (value === null) return null;
        if (this.#path.length >= maxDepth) return this.#refuse(`must not be nested deeper than ${maxDepth} levels`);
        return Array.isArray(value) ? this.#copyList(value) : this.#copyObject(value);
      case 'bigint':
        return this.#refuse('must be plain JSON data: write a big number as a string');
      case 'undefined':
      case 'function':
      case 'symbol':
        return this.#refuse(`must be plain JSON data, not ${typeof value}`);
    }
  }

  #copyNumber(value: number): unknown {
    if (!Number.isFinite(value)) return this.#refuse(`must be a finite number, not ${value}`);
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return this.#refuse(
        'must lie within ±(2^53 - 1), where numbers are exact; write a larger one as a string',
        value,
      );
    }
    return value === 0 ? 0 : value; // JSON has no -0
  }

  #copyList(source: readonly unknown[]): unknown {
    const list: unknown[] = [];
    // Not map(): it would skip the holes of a sparse array.
    for (let index = 0; index < source.length && this.budget >= 0; index++) {
      this.#path.push(index);
      list.push(this.copy(source[index]));
      this.#path.pop();
    }
    return list;
  }

  #copyObject(source: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(source);
    // A plain object of another realm has another Object.prototype; what marks it is that nothing is above that.
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
      return this.#refuse('must be plain JSON data, not an instance of a class');
    }
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(source)) {
      const value = (source as Readonly<Record<string, unknown>>)[key];
      if (value === undefined) continue;
      this.budget -= key.length + 4;
      if (this.budget < 0) break;
      this.#path.push(key);
      if (key === '__proto__') this.#refuse('must not be named __proto__');
      else result[key] = this.copy(value);
      this.#path.pop();
    }
    return result;
  }

  #refuse(rule: string, value?: unknown): unknown {
    if (this.errors.length >= maxFindings) return undefined;
    const deep = this.#path.length > shownSteps;
    const field = `${fieldName(this.#path.slice(0, shownSteps))}${deep ? '…' : ''}`;
    this.errors.push({ field, rule, ...(value === undefined ? {} : { value }) });
    return undefined;
  }
}
