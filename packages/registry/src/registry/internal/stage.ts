import type { Draft, ObjectMeta } from '@ecsm/api-types';
import type { StoreKey } from '../../store/store.js';
import { encode } from './admit.js';
import { rewriteApplied, writeApplied, type AppliedManifests } from './applied-manifests.js';
import type { RegistryContext } from './context.js';
import type { RawObject } from './raw-object.js';
import type { Transaction } from './transaction.js';

/** What is known of an object that is staged. */
export interface StageOptions {
  /** The object as the transaction has it so far; absent when it is new. */
  readonly old?: RawObject | undefined;
  /** What was last applied to it; without it, that is taken over from the old one. */
  readonly applied?: AppliedManifests | undefined;
}

/** Stages an object as it is to be stored; its resourceVersion is filled in by the commit. */
export function stage(
  context: RegistryContext,
  transaction: Transaction,
  key: StoreKey,
  object: RawObject,
  options: StageOptions,
): void {
  const { metadata } = object;
  const timeToLiveMs = context.bindingOfResource(key.kind)?.kind.timeToLiveMs;
  const applied = appliedText(context, transaction, key, object, options);
  transaction.put(
    key,
    {
      ...(applied === undefined ? {} : { applied }),
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

/** What is to lie beside the object, if that changes. */
function appliedText(
  context: RegistryContext,
  transaction: Transaction,
  key: StoreKey,
  object: RawObject,
  { old, applied }: StageOptions,
): string | undefined {
  const text = transaction.appliedTo(key);
  if (applied === undefined && (text === undefined || old === undefined)) return undefined;
  const binding = context.bindingOfResource(key.kind);
  if (binding === undefined) return undefined;
  if (applied !== undefined) return writeApplied(binding, applied, object);
  return text === undefined || old === undefined ? undefined : rewriteApplied(binding, text, old, object);
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
