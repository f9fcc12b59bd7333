import {
  controllerOf,
  formatKey,
  groupOf,
  keyOf,
  showBriefly,
  type ApiObject,
  type Manifest,
  type OwnerReference,
  type Stored,
} from '@ecsm/api-types';

import { AlreadyOwnedError } from '../errors/already-owned-error.js';

/** Options of {@link withOwnerReference} and {@link withControllerReference}. */
export interface OwnerReferenceOptions {
  /**
   * Whether a foreground deletion of the owner waits for the object.
   *
   * @defaultValue `true` for a controller, else `false`
   */
  readonly blockOwnerDeletion?: boolean;
}

/** An object, stored or about to be. */
type Ownable = Pick<Manifest, 'apiVersion' | 'kind'> & { readonly metadata: Manifest['metadata'] };

/**
 * A copy of an object that names its managing controller: deleting the owner deletes the object, and `owns` leads from
 * the object to the owner.
 *
 * @throws AlreadyOwnedError when another object is its controller
 * @throws TypeError when the owner was never stored, or lives in another namespace
 *
 * @example
 * ```ts
 * await ctx.clients.resource(Secret).create(withControllerReference(secret, database));
 * ```
 */
export function withControllerReference<O extends Ownable>(
  object: O,
  owner: Stored<ApiObject>,
  options: OwnerReferenceOptions = {},
): O {
  checkPair(object, owner);
  const other = controllerOf(object as ApiObject);
  if (other !== undefined && other.uid !== owner.metadata.uid) throw new AlreadyOwnedError(describe(object), other);
  return addReference(object, owner, { controller: true, blockOwnerDeletion: options.blockOwnerDeletion ?? true });
}

/**
 * A copy of an object that names one more owner, which need not be its controller.
 *
 * @throws TypeError when the owner was never stored, or lives in another namespace
 */
export function withOwnerReference<O extends Ownable>(
  object: O,
  owner: Stored<ApiObject>,
  options: OwnerReferenceOptions = {},
): O {
  checkPair(object, owner);
  return addReference(object, owner, options);
}

function addReference<O extends Ownable>(
  object: O,
  owner: Stored<ApiObject>,
  extra: Pick<OwnerReference, 'controller' | 'blockOwnerDeletion'>,
): O {
  const { namespace, name, uid } = owner.metadata;
  if (namespace !== undefined && namespace !== object.metadata.namespace) {
    const wayOut =
      object.metadata.namespace === undefined
        ? `say metadata.namespace: '${namespace}' of what it owns, or own what has none from a kind of cluster scope`
        : 'an owner lives in the same namespace or in none';
    throw new TypeError(`${owner.kind} "${formatKey(keyOf(owner))}" cannot own ${describe(object)}: ${wayOut}`);
  }
  const reference: OwnerReference = { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, ...extra };
  const before = object.metadata.ownerReferences ?? [];
  const ownerReferences = before.some((each) => isSame(each, reference))
    ? before.map((each) => (isSame(each, reference) ? reference : each))
    : [...before, reference];
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}

/** Plain JavaScript can hand over anything, and the manifest of an owner has no uid yet. */
function checkPair(object: Partial<Ownable> | undefined, owner: Partial<Stored<ApiObject>> | undefined): void {
  if (object?.metadata === undefined) {
    throw new TypeError(`what is owned must be an object with metadata, got ${showBriefly(object)}`);
  }
  if (owner?.metadata?.uid === undefined) {
    throw new TypeError(
      `an owner must be an object that was read or written before, with a uid, got ${showBriefly(owner)}`,
    );
  }
}

function isSame(a: OwnerReference, b: OwnerReference): boolean {
  return a.kind === b.kind && a.name === b.name && groupOf(a.apiVersion) === groupOf(b.apiVersion);
}

function describe(object: Ownable): string {
  const { namespace, name, generateName } = object.metadata;
  const called = name ?? `${generateName ?? ''}…`;
  return `${object.kind} "${namespace === undefined ? called : `${namespace}/${called}`}"`;
}
