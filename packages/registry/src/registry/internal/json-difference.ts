import { equalJson } from './equal-json.js';
import { isPlainObject } from './raw-object.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * How the fields of one object differ from those of another: the names that are missing, the fields that are others, and
 * the differences within objects that both have. Parts at the end that would be empty are left out.
 */
export type JsonDifference = readonly [
  without?: readonly string[],
  others?: Fields,
  within?: Readonly<Record<string, JsonDifference>>,
];

/** What makes `fields` out of `from`. */
export function differenceFrom(from: Fields, fields: Fields): JsonDifference {
  let without: string[] | undefined;
  let others: Record<string, unknown> | undefined;
  let within: Record<string, JsonDifference> | undefined;
  for (const key of Object.keys(from)) if (!Object.hasOwn(fields, key)) (without ??= []).push(key);
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    const before = Object.hasOwn(from, key) ? from[key] : undefined;
    if (value === before) continue;
    if (isPlainObject(value) && isPlainObject(before)) {
      const difference = differenceFrom(before, value);
      if (difference.length > 0) (within ??= {})[key] = difference;
    } else if (!equalJson(value, before)) {
      (others ??= {})[key] = value;
    }
  }
  if (within !== undefined) return [without ?? [], others ?? {}, within];
  if (others !== undefined) return [without ?? [], others];
  return without === undefined ? [] : [without];
}

/**
 * The fields that a difference was taken of. They share with `from` what is the same.
 *
 * @returns `undefined` when the difference fits no such object
 */
export function withDifference(from: unknown, difference: unknown): Fields | undefined {
  if (!isPlainObject(from) || !Array.isArray(difference)) return undefined;
  const [without = [], others = {}, within = {}] = difference as readonly unknown[];
  if (!Array.isArray(without) || !isPlainObject(others) || !isPlainObject(within)) return undefined;
  if (difference.length === 0) return from;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(from)) if (!without.includes(key)) fields[key] = from[key];
  for (const key of Object.keys(within)) {
    const inner = withDifference(fields[key], within[key]);
    if (inner === undefined) return undefined;
    fields[key] = inner;
  }
  for (const key of Object.keys(others)) fields[key] = others[key];
  return fields;
}
