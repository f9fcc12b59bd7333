import type { KindBinding } from './kind-binding.js';
import { differenceFrom, withDifference } from './json-difference.js';
import { isPlainObject, type RawObject } from './raw-object.js';

/** A manifest as it was last applied: what the user wrote, before defaults. */
export type AppliedManifest = Readonly<Record<string, unknown>>;

/** The last applied manifests of an object by manager. */
export type AppliedManifests = Readonly<Record<string, AppliedManifest>>;

/** What of an object is a user's to say. */
export function manifestOf(binding: KindBinding, object: RawObject): AppliedManifest {
  const manifest: Record<string, unknown> = {};
  for (const field of Object.keys(object)) {
    if (field === 'metadata') manifest[field] = userMetadata(object.metadata);
    else if (field !== 'status' || !binding.hasStatus) manifest[field] = object[field];
  }
  return manifest;
}

function userMetadata({ labels, annotations, ownerReferences, finalizers }: RawObject['metadata']): AppliedManifest {
  const metadata: Record<string, unknown> = {};
  if (labels !== undefined) metadata['labels'] = labels;
  if (annotations !== undefined) metadata['annotations'] = annotations;
  if (ownerReferences !== undefined) metadata['ownerReferences'] = ownerReferences;
  if (finalizers !== undefined) metadata['finalizers'] = finalizers;
  return metadata;
}

/**
 * Reads what was last applied to an object. The text says of each manifest how it differs from the object beside which
 * it lies, which is nearly nothing; one that was written by an earlier program says the manifest itself. What is read
 * shares with the object what is the same.
 */
export function readApplied(binding: KindBinding, text: string | undefined, object: RawObject): AppliedManifests {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without it, the next apply finds conflicts where there are none: a nuisance, not a loss.
  }
  if (!isPlainObject(value)) return {};
  const live = manifestOf(binding, object);
  const manifests: Record<string, AppliedManifest> = {};
  for (const manager of Object.keys(value)) {
    const written = value[manager];
    const manifest = isPlainObject(written) ? written : withDifference(live, written);
    if (manifest !== undefined) manifests[manager] = manifest;
  }
  return manifests;
}

/** The text that keeps manifests beside the object. It has to be written anew whenever a user's part of that changes. */
export function writeApplied(binding: KindBinding, manifests: AppliedManifests, object: RawObject): string {
  const live = manifestOf(binding, object);
  const differences: Record<string, unknown> = {};
  for (const manager of Object.keys(manifests)) differences[manager] = differenceFrom(live, manifests[manager] ?? {});
  return JSON.stringify(differences);
}

/** The text beside an object that changes, if it has to change as well. */
export function rewriteApplied(
  binding: KindBinding,
  text: string,
  old: RawObject,
  object: RawObject,
): string | undefined {
  if (sharesManifest(binding, old, object)) return undefined;
  const rewritten = writeApplied(binding, readApplied(binding, text, old), object);
  return rewritten === text ? undefined : rewritten;
}

/** Whether a version of an object was made by taking over what is a user's to say. */
function sharesManifest(binding: KindBinding, old: RawObject, object: RawObject): boolean {
  const before = manifestOf(binding, old);
  const now = manifestOf(binding, object);
  return (
    sharesFields({ ...before, metadata: null }, { ...now, metadata: null }) &&
    sharesFields(userMetadata(old.metadata), userMetadata(object.metadata))
  );
}

function sharesFields(a: AppliedManifest, b: AppliedManifest): boolean {
  const fields = Object.keys(a);
  return fields.length === Object.keys(b).length && fields.every((field) => a[field] === b[field]);
}
