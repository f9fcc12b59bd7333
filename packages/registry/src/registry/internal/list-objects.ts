import {
  BadRequestError,
  ExpiredError,
  resourceVersionMatches,
  type ListOptions,
  type ObjectVersion,
} from '@ecsm/api-types';
import type { StoreKey, StoreListed, StorePage, StoreRange, StoreVersion } from '../../store/store.js';
import type { RegistryContext } from './context.js';
import { decodeContinue, encodeContinue, type ContinueToken } from './continue-token.js';
import { objectKey, type KindBinding } from './kind-binding.js';
import type { RawObject } from './raw-object.js';
import { parseResourceVersion, tooNew } from './resource-version.js';
import { Selection } from './selection.js';

/** With selectors, this many entries are read at a time to find those that fit; as client-go's page size. */
const scanSize = 500;

/** One page of whatever is listed. */
export interface ListPage<Item> {
  readonly resourceVersion: string;
  readonly items: Item[];
  readonly continue?: string;
  readonly inconsistent?: boolean;
}

/** Lists objects. */
export function listObjects(
  context: RegistryContext,
  binding: KindBinding,
  options: ListOptions,
): Promise<ListPage<RawObject>> {
  const selection = new Selection(options);
  return listPage<StoreListed, RawObject>(binding, options, selection, {
    read: (range, pick) => context.store.list({ ...range, content: selection.all }, pick),
    pick: (entry) => selection.select(entry),
  });
}

/** Lists keys and versions, without reading objects where no selector asks for it. */
export function listObjectVersions(
  context: RegistryContext,
  binding: KindBinding,
  options: ListOptions,
): Promise<ListPage<ObjectVersion>> {
  const selection = new Selection(options);
  if (selection.all) {
    return listPage<StoreVersion, ObjectVersion>(binding, options, selection, {
      read: (range, pick) => context.store.listVersions(range, pick),
      pick: versionOf,
    });
  }
  return listPage<StoreListed, ObjectVersion>(binding, options, selection, {
    read: (range, pick) => context.store.list(range, pick),
    pick: (entry) => (selection.matches(entry) ? versionOf(entry) : undefined),
  });
}

function versionOf(entry: StoreVersion): ObjectVersion {
  return {
    key: objectKey(entry.key),
    uid: entry.uid,
    resourceVersion: String(entry.revision),
    generation: entry.generation,
  };
}

/** What {@link listPage} reads, and what it makes of an entry: nothing when it is not selected. */
interface Reader<Entry, Item> {
  readonly read: <Found>(range: StoreRange, pick: (entry: Entry) => Found) => Promise<StorePage<Found>>;
  readonly pick: (entry: Entry) => Item | undefined;
}

async function listPage<Entry extends StoreVersion, Item>(
  binding: KindBinding,
  options: ListOptions,
  selection: Selection,
  reader: Reader<Entry, Item>,
): Promise<ListPage<Item>> {
  const { limit, namespace, signal } = options;
  const view = [binding.resource, namespace, options.labelSelector, options.fieldSelector];
  const token = options.continue === undefined ? undefined : decodeContinue(options.continue, view);
  const demand = demandOf(options);
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1)) {
    throw new BadRequestError({ message: `limit must be a whole number of at least 1, not ${limit}` });
  }
  const range = {
    kind: binding.resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(signal === undefined ? {} : { signal }),
  };
  let after = token?.after;
  if (limit === undefined) {
    // Nothing lives on but what is listed: all that does is copied by the garbage collector while others wait.
    const page = await reader.read({ ...range, ...(after === undefined ? {} : { after }) }, reader.pick);
    checkDemand(demand, page.revision, token);
    const items = page.entries.filter((item) => item !== undefined);
    return finish(token?.revision ?? page.revision, items, undefined, token, view);
  }
  // Where a page is cut is told by keys.
  const pick = (entry: Entry): { readonly key: StoreKey; readonly item: Item | undefined } => ({
    key: entry.key,
    item: reader.pick(entry),
  });
  const items: Item[] = [];
  for (;;) {
    const count = selection.all ? limit - items.length : Math.max(limit, scanSize);
    const page = await reader.read({ ...range, limit: count, ...(after === undefined ? {} : { after }) }, pick);
    const revision = token?.revision ?? page.revision;
    checkDemand(demand, page.revision, token);
    for (const found of page.entries) {
      if (found.item === undefined) continue;
      items.push(found.item);
      if (items.length !== limit) continue;
      const last = found === page.entries.at(-1) && !page.more;
      return finish(revision, items, last ? undefined : { revision, after: found.key }, token, view);
    }
    if (!page.more) return finish(revision, items, undefined, token, view);
    after = page.entries.at(-1)?.key ?? after;
  }
}

function finish<Item>(
  revision: number,
  items: Item[],
  next: ContinueToken | undefined,
  token: ContinueToken | undefined,
  view: readonly (string | undefined)[],
): ListPage<Item> {
  return {
    resourceVersion: String(revision),
    items,
    ...(next === undefined ? {} : { continue: encodeContinue(next, view) }),
    ...(token === undefined ? {} : { inconsistent: true }),
  };
}

interface Demand {
  readonly revision: number;
  readonly exact: boolean;
}

/** @throws BadRequestError when the options contradict each other */
function demandOf(options: ListOptions): Demand {
  const { resourceVersion, resourceVersionMatch: match } = options;
  if (match !== undefined && !resourceVersionMatches.includes(match)) {
    throw new BadRequestError({
      message: `resourceVersionMatch must be NotOlderThan or Exact, not ${JSON.stringify(match)}`,
    });
  }
  if (resourceVersion === undefined || resourceVersion === '') {
    if (match === undefined) return { revision: 0, exact: false };
    throw new BadRequestError({ message: `resourceVersionMatch ${match} needs a resourceVersion to match` });
  }
  const revision = parseResourceVersion(resourceVersion);
  if (match === 'Exact' && revision === 0) {
    throw new BadRequestError({
      message: 'resourceVersionMatch Exact cannot match resourceVersion "0", which means any',
    });
  }
  if (options.continue !== undefined && (revision !== 0 || match !== undefined)) {
    throw new BadRequestError({ message: 'resourceVersion belongs to the first page: leave it out with continue' });
  }
  return { revision, exact: match === 'Exact' };
}

function checkDemand(demand: Demand, newest: number, token: ContinueToken | undefined): void {
  const asked = token?.revision ?? demand.revision;
  if (asked > newest) throw tooNew(asked, newest);
  if (demand.exact && demand.revision < newest) {
    throw new ExpiredError({
      message: `resourceVersion ${demand.revision} is past: only the newest state, ${newest}, is kept; list without resourceVersionMatch Exact`,
    });
  }
}
