import type { StoreKey } from '../../store/store.js';
import { isPlainObject } from './raw-object.js';
import type { Transaction } from './transaction.js';

/** A manifest as it was last applied: what the user wrote, before defaults. */
export type AppliedManifest = Readonly<Record<string, unknown>>;

/** The last applied manifests of an object by manager. */
export type AppliedManifests = Readonly<Record<string, AppliedManifest>>;

/** Marks the store's kinds that hold what was applied; no name of a kind has it, so they show in no list and no watch. */
const marker = '#applied';

/** Whether a kind of the store is kept by the registry for itself. */
export function isReserved(storeKind: string): boolean {
  return storeKind.endsWith(marker);
}

function appliedKey(key: StoreKey): StoreKey {
  return { ...key, kind: `${key.kind}${marker}` };
}

/** What was last applied to the object of a uid. What a namesake left behind does not count. */
export async function readApplied(transaction: Transaction, key: StoreKey, uid: string): Promise<AppliedManifests> {
  const entry = await transaction.get(appliedKey(key));
  if (entry?.uid !== uid) return {};
  let value: unknown;
  try {
    value = JSON.parse(entry.value);
  } catch {
    // Without it, the next apply finds conflicts where there are none: a nuisance, not a loss.
  }
  return isPlainObject(value) ? (value as AppliedManifests) : {};
}

/** Stages what was last applied: the text of {@link AppliedManifests}. */
export async function writeApplied(transaction: Transaction, key: StoreKey, uid: string, text: string): Promise<void> {
  const at = appliedKey(key);
  await transaction.get(at);
  transaction.put(at, { value: text, uid, generation: 0, labels: {}, owners: [] });
}

/** Stages forgetting what was applied to an object that goes. */
export async function forgetApplied(transaction: Transaction, key: StoreKey): Promise<void> {
  const at = appliedKey(key);
  if ((await transaction.get(at)) !== undefined) transaction.remove(at);
}
