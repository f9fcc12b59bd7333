import { isDeepStrictEqual } from 'node:util';

import {
  edit,
  formatKey,
  isNotFoundError,
  type AbortableOptions,
  type ApiObject,
  type Draft,
  type Manifest,
  type ResourceClient,
  type Stored,
} from '@ecsm/api-types';

/** What {@link createOrUpdate} did. */
export interface CreateOrUpdateResult<T extends ApiObject> {
  readonly object: Stored<T>;
  readonly outcome: 'created' | 'updated' | 'unchanged';
}

/** A manifest with a name, so that it can be looked up. */
export type NamedManifest<T extends ApiObject> = Manifest<T> & { readonly metadata: { readonly name: string } };

/**
 * Makes an object what a function makes of it: changes the stored one, or creates it from `initial`. Writes only when
 * something differs.
 *
 * @param mutate - changes the draft of the stored object or of `initial`; name and namespace must stay
 * @throws TypeError when `mutate` changes name or namespace
 * @throws ConflictError or AlreadyExistsError when somebody else wrote in between: let the run fail, it is tried again
 */
export async function createOrUpdate<T extends ApiObject>(
  client: ResourceClient<T>,
  initial: NamedManifest<T>,
  mutate: (draft: Draft<Manifest<T>>) => void,
  options: AbortableOptions = {},
): Promise<CreateOrUpdateResult<T>> {
  const { namespace, name } = initial.metadata;
  const key = namespace === undefined ? { name } : { namespace, name };
  let stored: Stored<T>;
  try {
    stored = await client.get(key, options);
  } catch (error) {
    if (!isNotFoundError(error)) throw error;
    const wanted = mutated<Manifest<T>>(initial, mutate);
    return { object: await client.create(wanted, options), outcome: 'created' };
  }
  const wanted = mutated(stored, mutate as (draft: Draft<Stored<T>>) => void);
  if (isDeepStrictEqual(wanted, stored)) return { object: stored, outcome: 'unchanged' };
  return { object: await client.update(wanted, options), outcome: 'updated' };
}

function mutated<O extends Pick<Manifest, 'kind' | 'metadata'>>(object: O, mutate: (draft: Draft<O>) => void): O {
  const after = edit(object, mutate);
  const { name, namespace } = object.metadata;
  if (after.metadata.name !== name || after.metadata.namespace !== namespace) {
    throw new TypeError(
      `createOrUpdate of ${object.kind} "${formatKey({ name: name ?? '', ...(namespace && { namespace }) })}": ` +
        'the function must not change name or namespace',
    );
  }
  return after;
}
