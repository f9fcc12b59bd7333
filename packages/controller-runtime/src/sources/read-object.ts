import {
  isNotFoundError,
  type ApiObject,
  type ListWatch,
  type ObjectKey,
  type ResourceReader,
  type Stored,
} from '@ecsm/api-types';

/** Reads one object from a source, also from one that can only list; `undefined` when it is not there. */
export async function readObject<T extends ApiObject>(
  source: ListWatch<T> | ResourceReader<T>,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<Stored<T> | undefined> {
  if (!('get' in source)) {
    const namespace = key.namespace === undefined ? {} : { namespace: key.namespace };
    const list = await source.list({ ...namespace, fieldSelector: `metadata.name=${key.name}`, limit: 1, signal });
    return list.items[0];
  }
  try {
    return await source.get(key, { signal });
  } catch (error) {
    if (isNotFoundError(error)) return undefined;
    throw error;
  }
}
