import type { ApiObject, Draft, ObjectMeta, Stored } from '@ecsm/api-types';
import { formatKey, InternalError } from '@ecsm/api-types';
import type { StoreContent } from '../../store/store.js';
import { objectKey } from './kind-binding.js';

/** An object of any kind while the registry works on it: plain data of its own, shared with nobody, free to change. */
export interface RawObject {
  apiVersion: string;
  kind: string;
  metadata: Draft<ObjectMeta>;
  [field: string]: unknown;
}

/** Hands an object out under the type of its kind. It was checked against the kind's schema when it was written. */
export function asStored<T extends ApiObject>(object: RawObject): Stored<T> {
  return object as RawObject & Stored<T>;
}

/** The same for many, which stay in their list. */
export function allAsStored<T extends ApiObject>(objects: RawObject[]): Stored<T>[] {
  return objects as (RawObject & Stored<T>)[];
}

/**
 * The object an entry holds, fresh from its text, with the revision as its resourceVersion.
 *
 * @throws InternalError when the text cannot be read; the message names the object
 */
export function decodeEntry(entry: StoreContent): RawObject {
  const object = parse(entry);
  object.metadata.resourceVersion = String(entry.revision);
  return object;
}

function parse(entry: StoreContent): RawObject {
  let cause: unknown;
  try {
    const value: unknown = JSON.parse(entry.value);
    if (isRawObject(value)) return value;
  } catch (error) {
    cause = error;
  }
  const { kind } = entry.key;
  const key = objectKey(entry.key);
  throw new InternalError({
    message: `stored data of ${kind} "${formatKey(key)}" at revision ${entry.revision} cannot be read: restore it from a backup, or delete the object and apply it again`,
    details: { kind, ...key },
    cause,
  });
}

function isRawObject(value: unknown): value is RawObject {
  return isPlainObject(value) && isPlainObject(value['metadata']);
}

/** Whether a value of parsed JSON is an object rather than a list or a scalar. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
