import { NotSyncedError } from './errors/not-synced-error.js';

/** Anything with a first state to wait for: informers, handlers, sources. */
export interface Syncable {
  readonly name: string;
  /** Resolves when the first state has been taken in. */
  synced(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/**
 * Waits until all of several informers or handlers are synced.
 *
 * @throws NotSyncedError naming all that were still missing when the signal aborted
 */
export async function waitForSync(
  syncables: Iterable<Syncable>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const all = [...syncables];
  const results = await Promise.allSettled(all.map((syncable) => syncable.synced(options)));
  const missing = all.filter((_, index) => results[index]?.status === 'rejected').map(({ name }) => name);
  if (missing.length > 0) throw new NotSyncedError(missing, { cause: options.signal?.reason });
}
