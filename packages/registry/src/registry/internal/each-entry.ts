import type { AbortableOptions } from '@ecsm/api-types';
import type { StoreEntry, StoreKey } from '../../store/store.js';
import { Breather } from './breather.js';
import type { RegistryContext } from './context.js';
import { resourceOf } from './kind-binding.js';

/** How many entries are read at a time. */
const pageSize = 500;

/** The entries of all kinds of the scheme, page by page from current data, with turns for others in between. */
export async function* eachEntry(
  context: RegistryContext,
  options: AbortableOptions,
): AsyncGenerator<StoreEntry, void, undefined> {
  const breather = new Breather();
  for (const kind of context.scheme.kinds) {
    let after: StoreKey | undefined;
    do {
      const page = await context.store.list({
        kind: resourceOf(kind),
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
        ...options,
      });
      for (const entry of page.entries) {
        options.signal?.throwIfAborted();
        if (breather.tired) await breather.rest(options.signal);
        yield entry;
      }
      after = page.more ? page.entries.at(-1)?.key : undefined;
    } while (after !== undefined);
  }
}
