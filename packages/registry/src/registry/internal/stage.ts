import type { Draft, ObjectMeta } from '@ecsm/api-types';
import type { StoreKey } from '../../store/store.js';
import { encode } from './admit.js';
import type { RegistryContext } from './context.js';
import type { RawObject } from './raw-object.js';
import type { Transaction } from './transaction.js';

/** Stages an object as it is to be stored; its resourceVersion is filled in by the commit. */
export function stage(context: RegistryContext, transaction: Transaction, key: StoreKey, object: RawObject): void {
  const { metadata } = object;
  const timeToLiveMs = context.bindingOfResource(key.kind)?.kind.timeToLiveMs;
  transaction.put(
    key,
    {
      value: encode(object, key),
      uid: metadata.uid ?? '',
      generation: metadata.generation ?? 0,
      labels: metadata.labels ?? {},
      owners: metadata.ownerReferences?.map(({ uid }) => uid) ?? [],
      ...(timeToLiveMs === undefined ? {} : { expiresAtMs: context.clock.now() + timeToLiveMs }),
    },
    object,
  );
}

/** Metadata in the order they are stored in, with what is undefined left out. */
export function orderMetadata(metadata: Draft<ObjectMeta>): Draft<ObjectMeta> {
  const ordered: Draft<ObjectMeta> = { name: metadata.name };
  if (metadata.generateName !== undefined) ordered.generateName = metadata.generateName;
  if (metadata.namespace !== undefined) ordered.namespace = metadata.namespace;
  if (metadata.uid !== undefined) ordered.uid = metadata.uid;
  if (metadata.generation !== undefined) ordered.generation = metadata.generation;
  if (metadata.creationTimestamp !== undefined) ordered.creationTimestamp = metadata.creationTimestamp;
  if (metadata.deletionTimestamp !== undefined) ordered.deletionTimestamp = metadata.deletionTimestamp;
  if (metadata.labels !== undefined) ordered.labels = metadata.labels;
  if (metadata.annotations !== undefined) ordered.annotations = metadata.annotations;
  if (metadata.ownerReferences !== undefined) ordered.ownerReferences = metadata.ownerReferences;
  if (metadata.finalizers !== undefined && metadata.finalizers.length > 0) ordered.finalizers = metadata.finalizers;
  return ordered;
}
