import type { ApiObject } from './api-object.js';

/** Names one object of a kind. */
export interface ObjectKey {
  /** Absent for kinds of cluster scope. */
  readonly namespace?: string;
  readonly name: string;
}

/** The key of an object. */
export function keyOf(object: Pick<ApiObject, 'metadata'>): ObjectKey {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}

/** A key as one string, `namespace/name` or `name`; names hold no slash, so the form is unambiguous. */
export function formatKey(key: ObjectKey): string {
  return key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`;
}

/**
 * Reads what {@link formatKey} wrote.
 *
 * @throws TypeError when the text has more than one slash or an empty part
 */
export function parseKey(text: string): ObjectKey {
  const parts = text.split('/');
  const [first, second] = parts;
  if (parts.length === 1 && first !== undefined && first !== '') return { name: first };
  if (parts.length === 2 && first !== undefined && first !== '' && second !== undefined && second !== '') {
    return { namespace: first, name: second };
  }
  throw new TypeError(`"${text}" is not an object key: expected "name" or "namespace/name"`);
}
