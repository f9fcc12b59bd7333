import type { StoreFound } from '../../store/store.js';
import { isPlainObject } from './raw-object.js';

/** A manifest as it was last applied: what the user wrote, before defaults. */
export type AppliedManifest = Readonly<Record<string, unknown>>;

/** The last applied manifests of an object by manager; the store keeps them beside the object, as JSON. */
export type AppliedManifests = Readonly<Record<string, AppliedManifest>>;

/** What was last applied to the object of an entry. */
export function readApplied({ applied }: StoreFound): AppliedManifests {
  if (applied === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(applied);
  } catch {
    // Without it, the next apply finds conflicts where there are none: a nuisance, not a loss.
  }
  return isPlainObject(value) ? (value as AppliedManifests) : {};
}
