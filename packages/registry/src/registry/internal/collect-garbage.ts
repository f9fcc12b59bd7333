import type { AbortableOptions } from '@ecsm/api-types';
import type { StoreEntry, StoreKey } from '../../store/store.js';
import type { RegistryContext } from './context.js';
import { eachEntry } from './each-entry.js';
import { decodeEntry, type RawObject } from './raw-object.js';
import { deleteObject, findOwner, foregroundFinalizer, orphanFinalizer } from './remove-object.js';
import { transact, type Transaction } from './transaction.js';

/**
 * Deletes what no living owner holds and finishes deletions that wait for dependents, until nothing is left to do.
 *
 * @returns how many objects were deleted or marked, and how many owners were let go
 */
export async function collectGarbage(context: RegistryContext, options: AbortableOptions): Promise<number> {
  let total = 0;
  for (;;) {
    const swept = await sweep(context, options);
    if (swept === 0) return total;
    total += swept;
  }
}

async function sweep(context: RegistryContext, options: AbortableOptions): Promise<number> {
  let count = 0;
  for await (const entry of eachEntry(context, options)) {
    if (isCandidate(entry) && (await collect(context, entry.key, options))) count++;
  }
  return count;
}

/** A cheap look that spares reading most objects. */
function isCandidate(entry: StoreEntry): boolean {
  return (
    entry.owners.length > 0 ||
    entry.value.includes(`"${foregroundFinalizer}"`) ||
    entry.value.includes(`"${orphanFinalizer}"`)
  );
}

function collect(context: RegistryContext, key: StoreKey, options: AbortableOptions): Promise<boolean> {
  return transact(context.store, context.clock, options, async (transaction) => {
    const entry = await transaction.get(key);
    if (entry === undefined) return false;
    const object = decodeEntry(entry);
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    const waits = finalizers.includes(foregroundFinalizer) || finalizers.includes(orphanFinalizer);
    if (deletionTimestamp !== undefined) {
      if (waits) await deleteObject(context, transaction, key, object);
    } else if (await isAbandoned(context, transaction, key, object)) {
      await deleteObject(context, transaction, key, object);
    }
    return transaction.changed;
  });
}

/** Whether an object had owners and none of them lives. */
async function isAbandoned(
  context: RegistryContext,
  transaction: Transaction,
  key: StoreKey,
  object: RawObject,
): Promise<boolean> {
  const owners = object.metadata.ownerReferences ?? [];
  for (const owner of owners) {
    if ((await findOwner(context, transaction, key, owner)) !== undefined) return false;
  }
  return owners.length > 0;
}
