import {
  BadRequestError,
  checkQualifiedName,
  ConflictError,
  describeDetails,
  type ApplyOptions,
  type FieldConflict,
} from '@ecsm/api-types';
import type { StoreKey } from '../../store/store.js';
import { applyDefaults, type ReceivedObject } from './admit.js';
import { readApplied, writeApplied, type AppliedManifest } from './applied-manifests.js';
import type { RegistryContext } from './context.js';
import { cloneJson } from './clone-json.js';
import { equalJson } from './equal-json.js';
import type { KindBinding } from './kind-binding.js';
import { decodeEntry, isPlainObject, type RawObject } from './raw-object.js';
import { threeWayMerge } from './three-way-merge.js';
import type { Transaction } from './transaction.js';
import { checkIdentity, createObject, replaceObject } from './write-object.js';

/** What an apply did to one object. */
export interface AppliedObject {
  readonly object: RawObject;
  readonly outcome: 'created' | 'configured' | 'unchanged';
}

/**
 * The manager an apply speaks for.
 *
 * @throws BadRequestError when it is no name
 */
export function managerOf(options: ApplyOptions): string {
  const manager = options.manager ?? 'default';
  const rule = checkQualifiedName(manager);
  if (rule === undefined) return manager;
  throw new BadRequestError({ message: `manager "${manager}" cannot be used: it ${rule}` });
}

/** Stages an apply: the object is created, or merged with what is stored. */
export async function applyObject(
  context: RegistryContext,
  binding: KindBinding,
  transaction: Transaction,
  received: ReceivedObject,
  options: ApplyOptions,
): Promise<AppliedObject> {
  const manager = managerOf(options);
  const { name, namespace } = received.object.metadata;
  if (name === '' && received.errors.length === 0) {
    throw new BadRequestError({
      message: `apply needs metadata.name to find the object again: use create for names made by generateName`,
      details: binding.details({ namespace }),
    });
  }
  const manifest = manifestOf(binding, received.object);
  // Broken names lead to no key; the errors are reported with those of the content, by the check of a new object.
  const key: StoreKey = { kind: binding.resource, namespace: namespace ?? '', name };
  const entry = received.errors.length > 0 ? undefined : await transaction.get(key);
  if (entry === undefined) {
    // Written down before the check of the object takes away what it finds loose.
    const text = JSON.stringify({ [manager]: manifest });
    const object = await createObject(context, binding, transaction, received, options);
    await writeApplied(transaction, key, object.metadata.uid ?? '', text);
    return { object, outcome: 'created' };
  }

  const { uid, resourceVersion } = received.object.metadata;
  checkIdentity(binding, entry, { uid, resourceVersion });
  const old = decodeEntry(entry);
  const applied = await readApplied(transaction, key, entry.uid);
  const sameAsLast = Object.hasOwn(applied, manager) && equalJson(applied[manager], manifest);
  const text = sameAsLast ? undefined : JSON.stringify({ ...applied, [manager]: manifest });
  const merged = mergeManifest(binding, manifest, manager, applied, old, options);
  if (old.metadata.deletionTimestamp !== undefined) {
    options.onWarning?.(
      `${describeDetails(binding.details(key))} is being deleted since ${old.metadata.deletionTimestamp}: what is applied now goes with it`,
    );
  }
  const next = { object: merged, errors: received.errors };
  const { object, changed } = await replaceObject(context, binding, transaction, key, old, next, options);
  const gone = old.metadata.deletionTimestamp !== undefined && object.metadata.finalizers === undefined;
  if (!gone && text !== undefined) await writeApplied(transaction, key, entry.uid, text);
  return { object, outcome: changed ? 'configured' : 'unchanged' };
}

/** What of a manifest is the user's to say. */
function manifestOf(binding: KindBinding, object: RawObject): AppliedManifest {
  const { metadata, status, ...content } = object;
  const { labels, annotations, finalizers, ownerReferences } = metadata;
  return {
    ...content,
    metadata: {
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
    ...(binding.hasStatus || status === undefined ? {} : { status }),
  };
}

function mergeManifest(
  binding: KindBinding,
  manifest: AppliedManifest,
  manager: string,
  applied: Readonly<Record<string, AppliedManifest>>,
  old: RawObject,
  options: ApplyOptions,
): RawObject {
  const base = Object.hasOwn(applied, manager) ? applied[manager] : undefined;
  // A default that nobody chose must not outlive the choice it came from, so what changes is merged without defaults.
  const live = equalJson(base, manifest) ? old : withoutDefaults(binding, Object.values(applied), old);
  const { object, conflicts, warnings } = threeWayMerge({
    base,
    mine: manifest,
    live,
    keep: binding.kind.keepOnApply ?? [],
    others: Object.entries(applied).flatMap(([other, each]) => (other === manager ? [] : [each])),
    isDefault: (path) => isDefault(binding, old, path),
  });
  if (conflicts.length > 0 && options.force !== true) throw applyConflict(binding, old, manager, conflicts);
  for (const warning of warnings) options.onWarning?.(warning);
  return { ...object, apiVersion: old.apiVersion, kind: old.kind, metadata: metadataOf(object, old) };
}

function metadataOf(merged: Readonly<Record<string, unknown>>, old: RawObject): RawObject['metadata'] {
  const metadata = merged['metadata'] as RawObject['metadata'];
  for (const field of ['labels', 'annotations'] as const) {
    const map = metadata[field];
    if (map !== undefined && Object.keys(map).length === 0) Reflect.deleteProperty(metadata, field);
  }
  if (metadata.ownerReferences?.length === 0) delete metadata.ownerReferences;
  if (metadata.finalizers?.length === 0) delete metadata.finalizers;
  return { ...metadata, name: old.metadata.name };
}

/** The stored object without the fields that nobody applied and that are what the defaults for what was applied put there. */
function withoutDefaults(binding: KindBinding, applied: readonly AppliedManifest[], old: RawObject): RawObject {
  const bare = cloneJson(old);
  for (const manifest of applied) {
    const defaulted = tryDefaults(binding, { ...cloneJson(manifest), metadata: old.metadata } as RawObject);
    if (defaulted !== undefined) removeDefaults(bare, applied, defaulted);
  }
  return bare;
}

/** @param said - what was applied at this place, by any manager */
function removeDefaults(
  bare: Record<string, unknown>,
  said: readonly unknown[],
  defaulted: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(defaulted)) {
    if (key === 'metadata' || !Object.hasOwn(bare, key)) continue;
    const named = said.filter(isPlainObject).filter((each) => Object.hasOwn(each, key));
    const current = bare[key];
    if (isPlainObject(value) && isPlainObject(current)) {
      removeDefaults(
        current,
        named.map((each) => each[key]),
        value,
      );
      if (named.length === 0 && Object.keys(current).length === 0) Reflect.deleteProperty(bare, key);
    } else if (named.length === 0 && equalJson(value, current)) {
      Reflect.deleteProperty(bare, key);
    }
  }
}

/** Whether the stored value at a path is what the defaults would put there if nobody said anything. */
function isDefault(binding: KindBinding, old: RawObject, path: readonly string[]): boolean {
  const without = cloneJson(old);
  const parent = valueAt(without, path.slice(0, -1));
  if (!isPlainObject(parent)) return false;
  Reflect.deleteProperty(parent, path.at(-1) ?? '');
  const defaulted = tryDefaults(binding, without);
  return defaulted !== undefined && equalJson(valueAt(defaulted, path), valueAt(old, path));
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (isPlainObject(value) && Object.hasOwn(value, step) ? value[step] : undefined),
    object,
  );
}

function tryDefaults(binding: KindBinding, object: RawObject): RawObject | undefined {
  try {
    return applyDefaults(binding, object);
  } catch {
    return undefined; // what is left is no longer an object of the kind, so nothing in it is a default
  }
}

function applyConflict(
  binding: KindBinding,
  old: RawObject,
  manager: string,
  conflicts: readonly FieldConflict[],
): ConflictError {
  const details = binding.details(old.metadata);
  const fields = conflicts.map(
    ({ field, live, wanted }) => `${field} is ${show(live)} and the manifest wants ${show(wanted)}`,
  );
  return new ConflictError({
    message: `apply of ${describeDetails(details)} by "${manager}" meets changes made by somebody else: ${fields.join('; ')}. Take the values over into the manifest, or apply with force`,
    details,
    conflicts,
  });
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
