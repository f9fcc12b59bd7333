import type { ApiObject } from './api-object.js';
import type { OwnerReference } from './object-meta.js';

/** The reference that names the managing controller, if there is one. */
export function controllerOf(object: ApiObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** The group of an `apiVersion`: what stands before the slash, or `undefined` when it is malformed. */
export function groupOf(apiVersion: string): string | undefined {
  const parts = apiVersion.split('/');
  return parts.length === 2 && parts[0] !== '' && parts[1] !== '' ? parts[0] : undefined;
}
