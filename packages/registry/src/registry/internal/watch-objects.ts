import type { ApiObject, Stored, WatchEvent, WatchOptions } from '@ecsm/api-types';
import { formatKey } from '@ecsm/api-types';
import type { StoreEntry, StoreEvent } from '../../store/store.js';
import { Breather } from './breather.js';
import type { RegistryContext } from './context.js';
import { objectKey, type KindBinding } from './kind-binding.js';
import { asStored, decodeEntry } from './raw-object.js';
import { parseResourceVersion, tooNew } from './resource-version.js';
import { Selection } from './selection.js';

/** How often a quiet watch says how far it is; as Kubernetes' watch cache does. */
const bookmarkIntervalMs = 60_000;

type StoreChange = Exclude<StoreEvent, { readonly type: 'progress' }>;

/** Reports changes of a kind. The start is settled by the call itself, not by the first turn of the loop. */
export function watchObjects<T extends ApiObject>(
  context: RegistryContext,
  binding: KindBinding,
  options: WatchOptions,
): AsyncIterable<WatchEvent<T>> {
  const selection = new Selection(options);
  const asked =
    options.resourceVersion === undefined || options.resourceVersion === ''
      ? 0
      : parseResourceVersion(options.resourceVersion);
  const start = context.store.revision(options.signal === undefined ? undefined : { signal: options.signal });
  start.catch(() => undefined); // reported to whoever iterates; a watch that nobody iterates fails nobody
  return endingOnAbort(watch(context, binding, options, selection, asked, start), options.signal);
}

/** An aborted watch ends; it does not fail. */
async function* endingOnAbort<Event>(
  events: AsyncIterable<Event>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, undefined> {
  try {
    yield* events;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

async function* watch<T extends ApiObject>(
  context: RegistryContext,
  binding: KindBinding,
  options: WatchOptions,
  selection: Selection,
  asked: number,
  start: Promise<number>,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const { namespace, signal } = options;
  const range = {
    kind: binding.resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(signal === undefined ? {} : { signal }),
  };
  const view = new View(selection, options.sendInitialEvents === true);
  const newest = await start;
  if (asked > newest) throw tooNew(asked, newest);

  let afterRevision = asked === 0 ? newest : asked;
  if (options.sendInitialEvents === true) {
    const page = await context.store.list(range);
    afterRevision = page.revision;
    const breather = new Breather();
    for (const entry of page.entries) {
      // A reader that never waits would take all of them in one turn of the event loop.
      if (breather.tired) await breather.rest(signal);
      const object = selection.select(entry);
      if (object === undefined) continue;
      view.enter(entry);
      yield { type: 'added', object: asStored<T>(object), initial: true };
    }
    if (options.allowBookmarks === true) {
      yield { type: 'bookmark', resourceVersion: String(afterRevision), initialEventsEnd: true };
    }
  }
  const bookmarks = options.allowBookmarks === true ? { progressIntervalMs: bookmarkIntervalMs } : {};
  for await (const event of context.store.watch({ ...range, afterRevision, ...bookmarks })) {
    if (event.type === 'progress') {
      if (options.allowBookmarks === true) yield { type: 'bookmark', resourceVersion: String(event.revision) };
      continue;
    }
    const type = view.see(event);
    if (type !== undefined) yield { type, object: decode<T>(event.entry) };
  }
}

function decode<T extends ApiObject>(entry: StoreEntry): Stored<T> {
  return asStored<T>(decodeEntry(entry));
}

/** Tells what an event of the store is to a watcher with selectors: objects enter his view, change in it, and leave it. */
class View {
  readonly #selection: Selection;
  /** Whether the watch knows the view from its start; else an object not yet seen may have been in it. */
  readonly #complete: boolean;
  /** Keys seen so far, and whether they were in view then. Needed, and filled, only where fields decide. */
  readonly #seen = new Map<string, boolean>();

  constructor(selection: Selection, complete: boolean) {
    this.#selection = selection;
    this.#complete = complete;
  }

  enter(entry: StoreEntry): void {
    if (this.#selection.readsFields) this.#seen.set(keyText(entry), true);
  }

  /** What an event is in this view; `undefined` when it is none. */
  see(event: StoreChange): 'added' | 'modified' | 'deleted' | undefined {
    const before = this.#wasInView(event);
    if (event.type === 'delete') {
      this.#seen.delete(keyText(event.entry));
      return before ? 'deleted' : undefined;
    }
    const now = this.#selection.matches(event.entry);
    if (this.#selection.readsFields) {
      if (now || !this.#complete) this.#seen.set(keyText(event.entry), now);
      else this.#seen.delete(keyText(event.entry));
    }
    if (now) return before ? 'modified' : 'added';
    return before ? 'deleted' : undefined;
  }

  #wasInView(event: StoreChange): boolean {
    if (event.type === 'put' && event.created) return false;
    if (this.#selection.readsFields) {
      const seen = this.#seen.get(keyText(event.entry));
      if (seen !== undefined) return seen;
      if (this.#complete) return false;
    }
    // What fields were before, the log does not know: they count as fitting. A "deleted" too many does no harm, one too
    // few would leave an object in view for ever.
    return this.#selection.matchesKeyAndLabels(event.entry, { labels: event.previousLabels ?? event.entry.labels });
  }
}

function keyText(entry: StoreEntry): string {
  return formatKey(objectKey(entry.key));
}
