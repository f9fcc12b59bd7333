/** A value is not what it should be; the message says where and how. */
export class DecodeProblem extends Error {
  override readonly name = 'DecodeProblem';

  constructor(
    readonly place: string,
    readonly complaint: string,
  ) {
    super(`${place} ${complaint}`);
  }

  /** The same problem, seen from outside: places are put together on failure only, since checks run for every row. */
  within(outer: string): DecodeProblem {
    const join = outer === '' || this.place === '' ? '' : '.';
    return new DecodeProblem(`${outer}${join}${this.place}`, this.complaint);
  }
}

/** Checks one value and returns it in its proper form; throws {@link DecodeProblem}. `at` is the value's own name. */
export type Check<T> = (value: unknown, at: string) => T;

/** JSON object. */
export type JsonObject = Record<string, unknown>;

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value);
}

function wrong(at: string, value: unknown, expected: string): never {
  throw new DecodeProblem(at, `is ${describe(value)}, not ${expected}`);
}

/** Whether a value is a JSON object (no list, not `null`). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Any text; numbers are taken as their text, since ids come as both. */
export const text: Check<string> = (value, at) => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : wrong(at, value, 'text');
};

/** Text that is not empty, for ids and names. */
export const key: Check<string> = (value, at) => {
  const checked = text(value, at);
  return checked === '' ? wrong(at, value, 'a non-empty text') : checked;
};

/** A finite number, also as text. */
export const number: Check<number> = (value, at) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  return wrong(at, value, 'a number');
};

/** A boolean, also as 0 and 1 or as text. */
export const flag: Check<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === '1' || value === 'true') return true;
  if (value === 0 || value === '0' || value === 'false') return false;
  return wrong(at, value, 'true or false');
};

/** Text or `null`; missing counts as `null`. */
export const nullableText: Check<string | null> = (value, at) =>
  value === null || value === undefined ? null : text(value, at);

/** An object of any fields. */
export const object: Check<JsonObject> = (value, at) => (isJsonObject(value) ? value : wrong(at, value, 'an object'));

/** Anything that is there. */
export const present: Check<unknown> = (value, at) => (value === undefined ? wrong(at, value, 'a value') : value);

/** A list of the given; `null` and missing count as empty, as servers written in Go send empty lists. */
export function listOf<T>(item: Check<T>): Check<T[]> {
  return (value, at) => {
    if (value === null || value === undefined) return [];
    if (!Array.isArray(value)) return wrong(at, value, 'a list');
    let index = 0;
    try {
      for (; index < value.length; index++) {
        const given: unknown = value[index];
        const checked = item(given, '');
        if (checked !== given) value[index] = checked;
      }
    } catch (error) {
      throw error instanceof DecodeProblem ? error.within(`${at}[${index}]`) : error;
    }
    return value as T[];
  };
}

/** The check, with a fallback for what is missing or `null`. */
export function or<T>(check: Check<T>, fallback: T): Check<T> {
  return (value, at) => (value === null || value === undefined ? fallback : check(value, at));
}

/** Marks a field that may be missing, `null` or unusable; it is then left out. */
export interface Optional<T> {
  readonly optional: Check<T>;
}

/** A field that may be missing; one that is `null` or unusable is left out, for absence is better than a wrong value. */
export function optional<T>(check: Check<T>): Optional<T> {
  return { optional: check };
}

/**
 * An object with the given fields; fields it does not name are kept.
 *
 * The object is put in order in place: it comes fresh from `JSON.parse` and belongs to nobody else.
 *
 * @typeParam T - what the fields make
 */
export function fields<T>(checks: Readonly<Record<string, Check<unknown> | Optional<unknown>>>): Check<T> {
  const entries = Object.entries(checks);
  return (value, at) => {
    const result = object(value, at);
    try {
      for (const [name, check] of entries) {
        const given = result[name];
        const checked = typeof check === 'function' ? check(given, name) : tolerate(check.optional, given);
        if (checked === given) continue;
        if (checked === undefined) Reflect.deleteProperty(result, name);
        else result[name] = checked;
      }
    } catch (error) {
      throw error instanceof DecodeProblem ? error.within(at) : error;
    }
    return result as T;
  };
}

function tolerate(check: Check<unknown>, given: unknown): unknown {
  if (given === null || given === undefined) return undefined;
  try {
    return check(given, '');
  } catch (error) {
    if (error instanceof DecodeProblem) return undefined;
    throw error;
  }
}
