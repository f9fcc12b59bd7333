import {
  AlreadyExistsError,
  ConflictError,
  describeDetails,
  InvalidError,
  NotFoundError,
  type CreateOptions,
  type FieldError,
  type WriteOptions,
} from '@ecsm/api-types';
import { randomUUID } from 'node:crypto';
import type { StoreEntry, StoreKey } from '../../store/store.js';
import { admitContent, type ReceivedObject } from './admit.js';
import type { AppliedManifests } from './applied-manifests.js';
import { checkSchema } from './check-schema.js';
import { timestamp, type RegistryContext } from './context.js';
import { equalJson } from './equal-json.js';
import { generateName, generateNameAttempts } from './generate-name.js';
import type { KindBinding } from './kind-binding.js';
import { decodeEntry, isPlainObject, type RawObject } from './raw-object.js';
import { removeObject } from './remove-object.js';
import { orderMetadata, stage } from './stage.js';
import type { Transaction } from './transaction.js';

/** The resourceVersion of an object that a dry run would have created. */
const neverStored = '0';

/** An object after a write, and whether the write changed anything. */
export interface Written {
  readonly object: RawObject;
  readonly changed: boolean;
}

/** The error for an object that is not there. */
export function notFound(binding: KindBinding, key: StoreKey): NotFoundError {
  const details = binding.details(key);
  return new NotFoundError({ message: `${describeDetails(details)} not found`, details });
}

/**
 * Fails unless an object is the one the caller means.
 *
 * @throws ConflictError when the uid or the resourceVersion, where given, is another one
 */
export function checkIdentity(
  binding: KindBinding,
  entry: StoreEntry,
  expected: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined },
): void {
  if (expected.uid !== undefined && expected.uid !== entry.uid) {
    const details = binding.details(entry.key);
    throw new ConflictError({
      message: `${describeDetails(details)} has uid ${entry.uid}, not ${expected.uid}: the object was deleted and made anew; read it again`,
      details,
    });
  }
  if (expected.resourceVersion !== undefined && expected.resourceVersion !== String(entry.revision)) {
    const details = binding.details(entry.key);
    throw new ConflictError({
      message: `${describeDetails(details)} is at resourceVersion ${entry.revision}, not ${expected.resourceVersion}: somebody changed it in between; read it again and redo the change`,
      details,
    });
  }
}

/** Stages a new object. */
export async function createObject(
  context: RegistryContext,
  binding: KindBinding,
  transaction: Transaction,
  received: ReceivedObject,
  options: CreateOptions,
  applied?: AppliedManifests,
): Promise<RawObject> {
  if (binding.hasStatus) delete received.object['status'];
  const { object } = await admitContent(binding, received, undefined, transaction, options);
  const { metadata } = object;
  const key = await freeKey(context, binding, transaction, metadata);
  object.metadata = orderMetadata({
    ...metadata,
    name: key.name,
    uid: randomUUID(),
    generation: 1,
    creationTimestamp: timestamp(context.clock),
  });
  delete object.metadata.deletionTimestamp;
  stage(context, transaction, key, object, { applied });
  object.metadata.resourceVersion = neverStored;
  return object;
}

async function freeKey(
  context: RegistryContext,
  binding: KindBinding,
  transaction: Transaction,
  metadata: RawObject['metadata'],
): Promise<StoreKey> {
  const { name, namespace } = metadata;
  const keyOf = (each: string): StoreKey =>
    binding.storeKey({ name: each, ...(namespace === undefined ? {} : { namespace }) });
  if (name !== '') {
    const key = keyOf(name);
    const existing = await transaction.get(key);
    if (existing === undefined) return key;
    const { deletionTimestamp } = decodeEntry(existing).metadata;
    throw alreadyExists(
      binding,
      key,
      deletionTimestamp === undefined ? '' : ` and is being deleted since ${deletionTimestamp}: wait until it is gone`,
    );
  }
  const prefix = metadata.generateName ?? '';
  for (let attempt = 1; ; attempt++) {
    const key = keyOf(generateName(prefix, context.random));
    if ((await transaction.get(key)) === undefined) return key;
    if (attempt === generateNameAttempts) {
      throw alreadyExists(binding, key, `, and so did the ${attempt - 1} other names generated from "${prefix}"`);
    }
  }
}

function alreadyExists(binding: KindBinding, key: StoreKey, more: string): AlreadyExistsError {
  const details = binding.details(key);
  return new AlreadyExistsError({ message: `${describeDetails(details)} already exists${more}`, details });
}

/**
 * Stages a new version of everything but the status, if anything differs. The object goes when it was marked for
 * deletion and its last finalizer has been removed.
 *
 * @param old - the object as the transaction has it
 * @param applied - what was last applied to it, when this is an apply
 */
export async function replaceObject(
  context: RegistryContext,
  binding: KindBinding,
  transaction: Transaction,
  key: StoreKey,
  old: RawObject,
  received: ReceivedObject,
  options: WriteOptions,
  applied?: AppliedManifests,
): Promise<Written> {
  const next = withOldSystemFields(binding, received.object, old);
  const errors = [...received.errors, ...checkFinalizers(next, old)];
  const { object, contentChanged } = await admitContent(binding, { object: next, errors }, old, transaction, options);
  if (!contentChanged && sameMetadata(object, old)) return { object: old, changed: false };

  if (contentChanged) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  if (old.metadata.deletionTimestamp !== undefined && object.metadata.finalizers === undefined) {
    await removeObject(context, transaction, key, object);
  } else {
    stage(context, transaction, key, object, { old, applied });
  }
  return dryVersion(object, old);
}

/** Stages a new status, if it differs. Nothing else of `old` changes. */
export async function replaceStatus(
  context: RegistryContext,
  binding: KindBinding,
  transaction: Transaction,
  key: StoreKey,
  old: RawObject,
  status: unknown,
  options: WriteOptions,
): Promise<Written> {
  const object: RawObject = {
    ...old,
    metadata: orderMetadata(old.metadata),
    status: neverOlder(status, old['status']),
  };
  const errors = (await checkSchema(binding, object, options)).filter(({ field }) => /^status\b/.test(field));
  if (errors.length > 0) throw new InvalidError({ details: binding.details(key), errors });
  if (equalJson(object['status'], old['status'])) return { object: old, changed: false };
  stage(context, transaction, key, object, { old });
  return dryVersion(object, old);
}

/** What a dry run shows; a commit puts the new revision in its place. */
function dryVersion(object: RawObject, old: RawObject): Written {
  const { resourceVersion } = old.metadata;
  if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion;
  return { object, changed: true };
}

/** A status never speaks of an older generation than the one before it: a late writer has seen less. */
function neverOlder(status: unknown, old: unknown): unknown {
  if (!isPlainObject(status) || !isPlainObject(old)) return status;
  const { observedGeneration: before } = old;
  const { observedGeneration: now } = status;
  if (typeof before !== 'number' || (typeof now === 'number' && now >= before)) return status;
  return { ...status, observedGeneration: before };
}

/** What the user wrote over what is the registry's to say; a status that is written separately stays. */
function withOldSystemFields(binding: KindBinding, received: RawObject, old: RawObject): RawObject {
  const { uid, generation, creationTimestamp, deletionTimestamp, generateName: prefix } = old.metadata;
  const { labels, annotations, finalizers, ownerReferences } = received.metadata;
  const metadata: RawObject['metadata'] = { name: old.metadata.name };
  if (prefix !== undefined) metadata.generateName = prefix;
  if (old.metadata.namespace !== undefined) metadata.namespace = old.metadata.namespace;
  if (uid !== undefined) metadata.uid = uid;
  if (generation !== undefined) metadata.generation = generation;
  if (creationTimestamp !== undefined) metadata.creationTimestamp = creationTimestamp;
  if (deletionTimestamp !== undefined) metadata.deletionTimestamp = deletionTimestamp;
  if (labels !== undefined) metadata.labels = labels;
  if (annotations !== undefined) metadata.annotations = annotations;
  if (ownerReferences !== undefined) metadata.ownerReferences = ownerReferences;
  if (finalizers !== undefined) metadata.finalizers = finalizers;
  const object: RawObject = { ...received, metadata };
  if (binding.hasStatus) {
    if (old['status'] === undefined) delete object['status'];
    else object['status'] = old['status'];
  }
  return object;
}

function checkFinalizers(next: RawObject, old: RawObject): readonly FieldError[] {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const before = old.metadata.finalizers ?? [];
  return (next.metadata.finalizers ?? []).flatMap((value, index) =>
    before.includes(value)
      ? []
      : [
          {
            field: `metadata.finalizers[${index}]`,
            value,
            rule: 'must not be added while the object is being deleted',
          },
        ],
  );
}

function sameMetadata(a: RawObject, b: RawObject): boolean {
  return (
    equalJson(a.metadata.labels, b.metadata.labels) &&
    equalJson(a.metadata.annotations, b.metadata.annotations) &&
    equalJson(a.metadata.finalizers, b.metadata.finalizers) &&
    equalJson(a.metadata.ownerReferences, b.metadata.ownerReferences)
  );
}
