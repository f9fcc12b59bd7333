import type { OwnerReference, PropagationPolicy } from '@ecsm/api-types';
import type { StoreEntry, StoreKey } from '../../store/store.js';
import { encode } from './admit.js';
import { timestamp, type RegistryContext } from './context.js';
import { equalJson } from './equal-json.js';
import { decodeEntry, type RawObject } from './raw-object.js';
import { orderMetadata, stage } from './stage.js';
import { dependentsPerCommit, type Transaction } from './transaction.js';

/** Held by an object whose deletion waits for the dependents that block it; as in Kubernetes. */
export const foregroundFinalizer = 'foregroundDeletion';
/** Held by an object that goes once its dependents are no longer tied to it; as in Kubernetes. */
export const orphanFinalizer = 'orphan';

/** Stages the removal of an object, of what it owns, and of foreground deletions that waited for it. */
export async function removeObject(
  context: RegistryContext,
  transaction: Transaction,
  key: StoreKey,
  object: RawObject,
): Promise<void> {
  transaction.remove(key, encode(object, key), object);
  const uid = object.metadata.uid ?? '';
  await deleteDependents(context, transaction, uid, 'background');
  for (const owner of object.metadata.ownerReferences ?? []) {
    if (owner.blockOwnerDeletion === true) await finishForeground(context, transaction, key, owner);
  }
}

/**
 * Deletes what an object owns, up to the limit of the commit. Of a dependent with another living owner only the reference goes.
 *
 * @returns whether dependents remain that block a foreground deletion
 */
export async function deleteDependents(
  context: RegistryContext,
  transaction: Transaction,
  uid: string,
  policy: Exclude<PropagationPolicy, 'orphan'>,
): Promise<boolean> {
  const dependents = await transaction.listOwned(uid, dependentsPerCommit + 1);
  for (const entry of dependents) {
    if (!transaction.takeDependent()) return true;
    // An earlier one of the list may have taken it along.
    const current = await transaction.get(entry.key);
    if (current === undefined) continue;
    const dependent = decodeEntry(current);
    if (await hasOtherOwner(context, transaction, entry.key, dependent, uid)) {
      releaseDependent(context, transaction, entry.key, dependent, uid);
    } else {
      await deleteObject(context, transaction, entry.key, dependent, policy);
    }
  }
  return await blocked(transaction, uid);
}

/**
 * Unties dependents from their owner, up to the limit of the commit.
 *
 * @returns whether more remain
 */
export async function releaseDependents(
  context: RegistryContext,
  transaction: Transaction,
  uid: string,
): Promise<boolean> {
  for (const entry of await transaction.listOwned(uid, dependentsPerCommit + 1)) {
    if (!transaction.takeDependent()) return true;
    releaseDependent(context, transaction, entry.key, decodeEntry(entry), uid);
  }
  return false;
}

/** Stages a deletion: the object goes at once, or is marked when finalizers hold it. */
export async function deleteObject(
  context: RegistryContext,
  transaction: Transaction,
  key: StoreKey,
  old: RawObject,
  explicitPolicy?: PropagationPolicy,
): Promise<RawObject> {
  const uid = old.metadata.uid ?? '';
  if (transaction.deleting.has(uid)) return old; // objects that own each other
  transaction.deleting.add(uid);
  const finalizers = await releaseOrDeleteDependents(context, transaction, old, explicitPolicy);
  transaction.deleting.delete(uid);

  const { metadata } = old;
  const object = finalizers.length === 0 ? withFinalizers(old, finalizers) : markDeleted(context, old, finalizers);
  if (object === old) return old;
  if (finalizers.length === 0) await removeObject(context, transaction, key, object);
  else stage(context, transaction, key, object, { old });
  // What a dry run shows; a commit puts the new revision in its place.
  if (metadata.resourceVersion !== undefined) object.metadata.resourceVersion = metadata.resourceVersion;
  return object;
}

/** Does to dependents what the policy says, and returns the finalizers that hold the owner after that. */
async function releaseOrDeleteDependents(
  context: RegistryContext,
  transaction: Transaction,
  owner: RawObject,
  explicitPolicy: PropagationPolicy | undefined,
): Promise<string[]> {
  const { uid = '', finalizers: before = [] } = owner.metadata;
  const finalizers = before.filter((each) => each !== orphanFinalizer && each !== foregroundFinalizer);
  switch (explicitPolicy ?? policyOf(before)) {
    case 'background':
      break;
    case 'foreground':
      if (await deleteDependents(context, transaction, uid, 'foreground')) finalizers.push(foregroundFinalizer);
      break;
    case 'orphan':
      if (await releaseDependents(context, transaction, uid)) finalizers.push(orphanFinalizer);
      break;
  }
  return finalizers;
}

function policyOf(finalizers: readonly string[]): PropagationPolicy {
  if (finalizers.includes(orphanFinalizer)) return 'orphan';
  return finalizers.includes(foregroundFinalizer) ? 'foreground' : 'background';
}

/** The object marked for deletion; the same object when it was marked like this before. */
function markDeleted(context: RegistryContext, old: RawObject, finalizers: string[]): RawObject {
  const { deletionTimestamp, generation = 0, finalizers: before = [] } = old.metadata;
  // A mark in the future, from a clock that was wrong, would hold whoever waits for it.
  const valid = deletionTimestamp !== undefined && Date.parse(deletionTimestamp) <= context.clock.now();
  if (valid && equalJson(finalizers, before)) return old;
  const object = withFinalizers(old, finalizers);
  object.metadata = orderMetadata({
    ...object.metadata,
    deletionTimestamp: valid ? deletionTimestamp : timestamp(context.clock),
    generation: deletionTimestamp === undefined ? generation + 1 : generation,
  });
  return object;
}

function withFinalizers(object: RawObject, finalizers: string[]): RawObject {
  return { ...object, metadata: orderMetadata({ ...object.metadata, finalizers }) };
}

/** Lets an owner go that is being deleted in the foreground and waited for nothing but what has just gone. */
async function finishForeground(
  context: RegistryContext,
  transaction: Transaction,
  dependent: StoreKey,
  reference: OwnerReference,
): Promise<void> {
  const entry = await findOwner(context, transaction, dependent, reference);
  if (entry === 'unknown' || entry === undefined || transaction.deleting.has(entry.uid)) return;
  const owner = decodeEntry(entry);
  if (owner.metadata.deletionTimestamp === undefined) return;
  if (owner.metadata.finalizers?.includes(foregroundFinalizer) !== true) return;
  if (await blocked(transaction, reference.uid)) return;
  const finalizers = owner.metadata.finalizers.filter((each) => each !== foregroundFinalizer);
  const next = withFinalizers(owner, finalizers);
  if (finalizers.length === 0) await removeObject(context, transaction, entry.key, next);
  else stage(context, transaction, entry.key, next, { old: owner });
}

/** Whether a dependent is left whose reference holds a foreground deletion. */
async function blocked(transaction: Transaction, uid: string): Promise<boolean> {
  const dependents = await transaction.listOwned(uid, dependentsPerCommit + 1);
  return (
    dependents.length > dependentsPerCommit ||
    dependents.some(
      (entry) =>
        !transaction.deleting.has(entry.uid) &&
        decodeEntry(entry).metadata.ownerReferences?.some(
          (owner) => owner.uid === uid && owner.blockOwnerDeletion === true,
        ),
    )
  );
}

function releaseDependent(
  context: RegistryContext,
  transaction: Transaction,
  key: StoreKey,
  dependent: RawObject,
  uid: string,
): void {
  const ownerReferences = dependent.metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
  const metadata = orderMetadata(dependent.metadata);
  if (ownerReferences.length === 0) delete metadata.ownerReferences;
  else metadata.ownerReferences = ownerReferences;
  stage(context, transaction, key, { ...dependent, metadata }, { old: dependent });
}

async function hasOtherOwner(
  context: RegistryContext,
  transaction: Transaction,
  key: StoreKey,
  dependent: RawObject,
  uid: string,
): Promise<boolean> {
  for (const owner of dependent.metadata.ownerReferences ?? []) {
    if (owner.uid !== uid && (await findOwner(context, transaction, key, owner)) !== undefined) return true;
  }
  return false;
}

/**
 * The owner a reference points to, by uid: a namesake is another object, and an owner in another namespace is none.
 *
 * @returns `'unknown'` where this program cannot know: the kind is not in its scheme, or the dependent is of cluster scope
 * and the owner is not
 */
export async function findOwner(
  context: RegistryContext,
  transaction: Transaction,
  dependent: StoreKey,
  reference: OwnerReference,
): Promise<StoreEntry | undefined | 'unknown'> {
  const binding = context.bindingOf(reference.apiVersion, reference.kind);
  if (binding === undefined) return 'unknown';
  if (binding.namespaced && dependent.namespace === '') return 'unknown';
  const entry = await transaction.get({
    kind: binding.resource,
    namespace: binding.namespaced ? dependent.namespace : '',
    name: reference.name,
  });
  return entry?.uid === reference.uid ? entry : undefined;
}
