import {
  isExpiredError,
  isTimeoutError,
  showBriefly,
  type ApiObject,
  type ListOptions,
  type ListWatch,
} from '@ecsm/api-types';

import { UnusableAnswerError } from '../errors/unusable-answer-error.js';
import { isObjectOf } from './is-object-of.js';
import { listed, type ListedVersion } from './known-objects.js';

const objectsPerPage = 500; // same as client-go's
/** Fewer requests make a first sync cheaper; a page is still read and taken in within a few milliseconds. */
const versionsPerPage = 1000;

/** One page of a list, with or without objects. */
export interface ListedPage<T extends ApiObject> {
  /** The revision of the whole list. */
  readonly resourceVersion: string;
  readonly items: readonly ListedVersion<T>[];
}

/** How to list. */
export interface ListPagesOptions {
  readonly informer: string;
  readonly selection: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>;
  /** How many objects a page has at most; a size that suits what is read unless given. */
  readonly pageSize: number | undefined;
  /** Read objects even where the source could list versions alone. */
  readonly objects: boolean;
  /** Nothing older than this: time must not run back. */
  readonly notBefore: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Lists page by page. While one is taken in the next is on its way, so that source and reader do not wait for each other.
 *
 * The first request asks for nothing older than what was seen. If the source cannot say (the revision has expired, or
 * lies in its future), it is asked for its newest state instead; if the pages expire on the way, for all in one page.
 */
export async function* listPages<T extends ApiObject>(
  source: ListWatch<T>,
  options: ListPagesOptions,
): AsyncGenerator<ListedPage<T>, void, undefined> {
  const { selection, notBefore, signal } = options;
  const { pageSize = readsVersions(source, options) ? versionsPerPage : objectsPerPage } = options;
  let request: ListOptions = { ...selection, limit: pageSize, resourceVersion: notBefore ?? '0', signal };
  let reading = readPage(source, request, options);
  try {
    for (;;) {
      let page: Awaited<typeof reading>;
      try {
        page = await reading;
      } catch (error) {
        if (request.continue !== undefined && isExpiredError(error)) {
          request = { ...selection, resourceVersion: notBefore ?? '0', signal };
        } else if (request.resourceVersion !== undefined && (isExpiredError(error) || isTimeoutError(error))) {
          request = request.limit === undefined ? { ...selection, signal } : { ...selection, limit: pageSize, signal };
        } else {
          throw error;
        }
        reading = readPage(source, request, options);
        continue;
      }
      if (page.continue === undefined) {
        yield page;
        return;
      }
      request = { ...selection, limit: pageSize, continue: page.continue, signal };
      reading = readPage(source, request, options);
      // Whether it fails is seen when it is waited for.
      reading.catch(() => undefined);
      yield page;
    }
  } finally {
    // Whoever stops in the middle leaves no request behind.
    await reading.catch(() => undefined);
  }
}

/** Whether versions are enough, and the source lists them. */
function readsVersions<T extends ApiObject>(
  source: ListWatch<T>,
  { objects }: ListPagesOptions,
): source is ListWatch<T> & Required<Pick<ListWatch<T>, 'listVersions'>> {
  return !objects && source.listVersions !== undefined;
}

async function readPage<T extends ApiObject>(
  source: ListWatch<T>,
  request: ListOptions,
  options: ListPagesOptions,
): Promise<ListedPage<T> & { readonly continue?: string }> {
  const { informer } = options;
  if (readsVersions(source, options)) return checkList(informer, await source.listVersions(request));
  const list = checkList(informer, await source.list(request));
  const { kind } = source.kind;
  const wrong = list.items.findIndex((item) => !isObjectOf(kind, item));
  if (wrong !== -1)
    throw new UnusableAnswerError(informer, `stored objects of kind ${kind}`, showBriefly(list.items[wrong]));
  return { ...list, items: list.items.map(listed) };
}

/** A source may be somebody else's server: what it says is not believed unseen. */
function checkList<L extends { readonly resourceVersion: string; readonly items: readonly unknown[] }>(
  informer: string,
  list: L,
): L {
  const { resourceVersion, items } = list as Partial<L>;
  if (typeof resourceVersion === 'string' && resourceVersion !== '' && Array.isArray(items)) return list;
  throw new UnusableAnswerError(
    informer,
    'a list with resourceVersion and items',
    `one without ${Array.isArray(items) ? 'resourceVersion' : 'items'}`,
  );
}
