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
import {
  manifestOf,
  readApplied,
  writeApplied,
  type AppliedManifest,
  type AppliedManifests,
} from './applied-manifests.js';
import type { RegistryContext } from './context.js';
import { cloneJson } from './clone-json.js';
import { equalJson } from './equal-json.js';
import type { KindBinding } from './kind-binding.js';
import { decodeEntry, isPlainObject, type RawObject } from './raw-object.js';
import { threeWayMerge } from './three-way-merge.js';
import { withoutField } from './without-field.js';
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

/** The key of the object that a manifest is for. Broken names lead to none that exists: they are among its errors. */
export function keyOfManifest(binding: KindBinding, received: ReceivedObject): StoreKey {
  const { name, namespace = '' } = received.object.metadata;
  return { kind: binding.resource, namespace, name };
}

/** Stages an apply: the object is created, or merged with what is stored under `key`. */
export async function applyObject(
  context: RegistryContext,
  binding: KindBinding,
  transaction: Transaction,
  key: StoreKey,
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
  // The errors of the metadata are reported with those of the content, by the check of a new object.
  const entry = received.errors.length > 0 ? undefined : await transaction.get(key);
  if (entry === undefined) {
    // A copy: the check of the object takes away what it finds loose.
    const applied = { [manager]: cloneJson(manifest) };
    const object = await createObject(context, binding, transaction, received, options, applied);
    return { object, outcome: 'created' };
  }

  const { uid, resourceVersion } = received.object.metadata;
  checkIdentity(binding, entry, { uid, resourceVersion });
  const old = decodeEntry(entry);
  const applied = readApplied(binding, entry.applied, old);
  const base = Object.hasOwn(applied, manager) ? applied[manager] : undefined;
  const sameAsLast = equalJson(base, manifest);
  const nowApplied = sameAsLast ? applied : { ...applied, [manager]: manifest };
  // A default that nobody chose must not outlive the choice it came from, so what changes is merged without defaults.
  const live = sameAsLast ? old : withoutDefaults(binding, Object.values(applied), old);
  const merged = mergeManifest(binding, { manifest, manager, base, applied, old, live }, options);
  if (old.metadata.deletionTimestamp !== undefined) {
    options.onWarning?.(
      `${describeDetails(binding.details(key))} is being deleted since ${old.metadata.deletionTimestamp}: what is applied now goes with it`,
    );
  }
  const next = { object: merged, errors: received.errors };
  const { object, changed } = await replaceObject(context, binding, transaction, key, old, next, options, nowApplied);
  if (!changed && !sameAsLast) transaction.apply(key, writeApplied(binding, nowApplied, old));
  return { object, outcome: changed ? 'configured' : 'unchanged' };
}

/** What {@link mergeManifest} goes by. */
interface Merge {
  readonly manager: string;
  readonly manifest: AppliedManifest;
  /** What the manager applied last. */
  readonly base: AppliedManifest | undefined;
  readonly applied: AppliedManifests;
  readonly old: RawObject;
  /** `old` without the defaults that are to be decided anew. */
  readonly live: RawObject;
}

function mergeManifest(binding: KindBinding, merge: Merge, options: ApplyOptions): RawObject {
  const { manager, manifest, base, applied, old, live } = merge;
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
  const metadata = { ...(merged['metadata'] as RawObject['metadata']), name: old.metadata.name };
  for (const field of ['labels', 'annotations'] as const) {
    const map = metadata[field];
    if (map !== undefined && Object.keys(map).length === 0) Reflect.deleteProperty(metadata, field);
  }
  if (metadata.ownerReferences?.length === 0) delete metadata.ownerReferences;
  if (metadata.finalizers?.length === 0) delete metadata.finalizers;
  return metadata;
}

/** The stored object without the fields that nobody applied and that are what the defaults for what was applied put there. */
function withoutDefaults(binding: KindBinding, applied: readonly AppliedManifest[], old: RawObject): RawObject {
  let bare: Readonly<Record<string, unknown>> = old;
  for (const manifest of applied) {
    const defaulted = tryDefaults(binding, { ...cloneJson(manifest), metadata: old.metadata } as RawObject);
    if (defaulted !== undefined) bare = leaveOutDefaults(bare, applied, defaulted);
  }
  return { ...bare, apiVersion: old.apiVersion, kind: old.kind, metadata: old.metadata };
}

/**
 * The same fields without defaults; the fields themselves where there are none.
 *
 * @param said - what was applied at this place, by any manager
 */
function leaveOutDefaults(
  fields: Readonly<Record<string, unknown>>,
  said: readonly unknown[],
  defaulted: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  let left: Record<string, unknown> | undefined;
  for (const key of Object.keys(defaulted)) {
    if (key === 'metadata' || !Object.hasOwn(fields, key)) continue;
    const value = defaulted[key];
    const current = fields[key];
    const named = said.some((each) => isPlainObject(each) && Object.hasOwn(each, key));
    let rest: unknown = current;
    if (isPlainObject(value) && isPlainObject(current)) {
      const inner = leaveOutDefaults(current, named ? said.map((each) => fieldOf(each, key)) : [], value);
      rest = !named && Object.keys(inner).length === 0 ? undefined : inner;
    } else if (!named && equalJson(value, current)) {
      rest = undefined;
    }
    if (rest === current) continue;
    if (rest === undefined) {
      left = withoutField(left ?? fields, key);
    } else {
      left ??= { ...fields };
      left[key] = rest;
    }
  }
  return left ?? fields;
}

function fieldOf(value: unknown, key: string): unknown {
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
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
  return path.reduce<unknown>(fieldOf, object);
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
