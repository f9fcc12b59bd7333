import { formatKey, isInternalError, type AbortableOptions } from '@ecsm/api-types';
import { CorruptStoreError } from '../../errors/corrupt-store-error.js';
import type { StoreKey } from '../../store/store.js';
import { Breather } from './breather.js';
import type { RegistryContext } from './context.js';
import { objectKey, resourceOf } from './kind-binding.js';
import { decodeEntry } from './raw-object.js';

/** What is wrong with objects whose stored data cannot be read. Each is read by itself: one does not hide the others. */
export async function findUnreadable(context: RegistryContext, options: AbortableOptions): Promise<readonly string[]> {
  const problems: string[] = [];
  const breather = new Breather();
  for (const kind of context.scheme.kinds.map(resourceOf)) {
    try {
      const { entries: keys } = await context.store.listVersions({ kind, ...options }, ({ key }) => key);
      for (const key of keys) {
        if (breather.tired) await breather.rest(options.signal);
        const problem = await problemOf(context, key);
        if (problem !== undefined) problems.push(problem);
      }
    } catch (error) {
      if (!(error instanceof CorruptStoreError)) throw error;
      problems.push(`which ${kind} there are cannot be read: they are listed on a damaged page`);
    }
  }
  return problems;
}

async function problemOf(context: RegistryContext, key: StoreKey): Promise<string | undefined> {
  try {
    const entry = await context.store.get(key);
    if (entry !== undefined) decodeEntry(entry);
    return undefined;
  } catch (error) {
    if (isInternalError(error)) return error.message;
    if (!(error instanceof CorruptStoreError)) throw error;
    return `${key.kind} "${formatKey(objectKey(key))}" cannot be read: it lies on a damaged page`;
  }
}
