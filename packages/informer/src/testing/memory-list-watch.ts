import {
  ExpiredError,
  formatKey,
  keyOf,
  matchesLabels,
  parseLabelSelector,
  type ApiObject,
  type KindDefinition,
  type LabelSelector,
  type ListOptions,
  type ListWatch,
  type Manifest,
  type ObjectKey,
  type ObjectList,
  type Stored,
  type VersionList,
  type WatchEvent,
  type WatchOptions,
} from '@ecsm/api-types';

/** A request that a {@link MemoryListWatch} received. */
export type SourceRequest =
  | { readonly verb: 'list' | 'listVersions'; readonly options: ListOptions }
  | { readonly verb: 'watch'; readonly options: WatchOptions };

/** Options of {@link MemoryListWatch}. */
export interface MemoryListWatchOptions {
  /**
   * How a revision looks as a `resourceVersion`; without an order if it is not a decimal.
   *
   * @defaultValue the decimal
   */
  readonly formatVersion?: (revision: number) => string;
}

interface Change<T extends ApiObject> {
  readonly revision: number;
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: Stored<T>;
  readonly previous: Stored<T> | undefined;
}

/**
 * A source for informers that lives in memory, with switches for everything that goes wrong with real ones.
 *
 * @typeParam T - its objects
 *
 * @example
 * ```ts
 * const source = new MemoryListWatch(Widget);
 * source.put({ apiVersion: 'example.dev/v1', kind: 'Widget', metadata: { name: 'one' } });
 * source.failNext('watch', new Error('connection refused'));
 * ```
 */
export class MemoryListWatch<T extends ApiObject> implements ListWatch<T> {
  readonly kind: KindDefinition<T>;
  /** Every request so far. */
  readonly requests: SourceRequest[] = [];
  /** How many watches are open. */
  openWatches = 0;
  /** While set, watches say nothing although things change; what they missed they never see. */
  isSilent = false;
  readonly #formatVersion: (revision: number) => string;
  readonly #objects = new Map<string, Stored<T>>();
  /** The objects in the order of their keys, until something changes. */
  #sorted: [string, Stored<T>][] | undefined;
  readonly #log: Change<T>[] = [];
  readonly #failures: Record<SourceRequest['verb'], Error[]> = { list: [], listVersions: [], watch: [] };
  readonly #wakers = new Set<() => void>();
  #bookmarks = 0;
  #generationOfWatches = 0;
  #revision = 0;
  /** Whether the changes being made share the present revision. */
  #isWithinCommit = false;
  #expiredUpTo = 0;
  /** How many more events the watches say before they break off. */
  #eventsUntilCut = Infinity;

  /** @param kind - the kind of its objects */
  constructor(kind: KindDefinition<T>, { formatVersion = String }: MemoryListWatchOptions = {}) {
    this.kind = kind;
    this.#formatVersion = formatVersion;
  }

  /** The newest `resourceVersion`. */
  get resourceVersion(): string {
    return this.#formatVersion(this.#revision);
  }

  /** The objects that exist now, without a request. */
  objects(): readonly Stored<T>[] {
    return [...this.#objects.values()];
  }

  /** Creates or replaces an object; each change of its `spec` counts as a generation. */
  put(manifest: Manifest<T> & { readonly metadata: { readonly name: string } }): Stored<T> {
    const key = formatKey(keyOf(manifest));
    const previous = this.#objects.get(key);
    const revision = this.#nextRevision();
    const isSpecEqual = previous !== undefined && specText(previous) === specText(manifest);
    const object = {
      ...manifest,
      metadata: {
        ...manifest.metadata,
        uid: previous?.metadata.uid ?? `uid-${revision}`,
        resourceVersion: this.#formatVersion(revision),
        generation: (previous?.metadata.generation ?? 0) + (isSpecEqual ? 0 : 1),
        creationTimestamp: previous?.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z',
      },
    } as object as Stored<T>;
    this.#objects.set(key, object);
    this.#append({ revision, type: previous === undefined ? 'added' : 'modified', object, previous });
    return object;
  }

  /** Deletes an object and returns its last state, or `undefined` when there was none. */
  remove(key: ObjectKey): Stored<T> | undefined {
    const previous = this.#objects.get(formatKey(key));
    if (previous === undefined) return undefined;
    const revision = this.#nextRevision();
    this.#objects.delete(formatKey(key));
    const metadata = { ...previous.metadata, resourceVersion: this.#formatVersion(revision) };
    const object = { ...previous, metadata };
    this.#append({ revision, type: 'deleted', object, previous });
    return object;
  }

  /** Gives all changes made by `change` the same revision, as a commit of several objects does. */
  commit(change: () => void): void {
    this.#revision++;
    this.#isWithinCommit = true;
    try {
      change();
    } finally {
      this.#isWithinCommit = false;
    }
  }

  /** Counts a revision without a change of these objects, as changes of other kinds do. */
  skipRevision(): void {
    this.#revision++;
  }

  /** Sends a bookmark to every watch that asked for them. */
  bookmark(): void {
    this.#bookmarks++;
    this.#wake();
  }

  /** Forgets the changes so far: who wants to watch from an earlier revision gets {@link ExpiredError}. */
  expire(): void {
    this.#expiredUpTo = this.#revision;
  }

  /** Ends every open watch as a server does that closes the connection. */
  closeWatches(): void {
    this.#generationOfWatches++;
    this.#wake();
  }

  /** Ends every open watch behind so many more events, be it between two events of one revision. */
  closeWatchesAfter(events: number): void {
    this.#eventsUntilCut = events;
  }

  /** Lets the next request of a verb fail; several calls line up. */
  failNext(verb: SourceRequest['verb'], error: Error): void {
    this.#failures[verb].push(error);
    if (verb === 'watch') this.#wake();
  }

  /** The requests of a verb so far. */
  requestsOf(verb: SourceRequest['verb']): readonly SourceRequest[] {
    return this.requests.filter((request) => request.verb === verb);
  }

  async list(options: ListOptions = {}): Promise<ObjectList<T>> {
    await Promise.resolve();
    return this.#page('list', options);
  }

  async listVersions(options: ListOptions = {}): Promise<VersionList> {
    await Promise.resolve();
    const { items, ...page } = this.#page('listVersions', options);
    return {
      ...page,
      items: items.map(({ metadata: { uid, resourceVersion, generation, name, namespace } }) => ({
        key: namespace === undefined ? { name } : { namespace, name },
        uid,
        resourceVersion,
        generation,
      })),
    };
  }

  async *watch(options: WatchOptions = {}): AsyncIterable<WatchEvent<T>> {
    this.requests.push({ verb: 'watch', options });
    const { signal, resourceVersion, allowBookmarks = false } = options;
    const from = resourceVersion === undefined ? this.#revision : this.#revisionOf(resourceVersion);
    this.#failIfAsked('watch');
    if (from < this.#expiredUpTo) throw expired(`the revision ${from}`);
    const isInView = this.#viewOf(options);
    const generation = this.#generationOfWatches;
    let next = this.#log.findIndex((change) => change.revision > from);
    if (next === -1) next = this.#log.length;
    let bookmarks = this.#bookmarks;
    this.openWatches++;
    try {
      for (;;) {
        if (signal?.aborted || generation !== this.#generationOfWatches) return;
        this.#failIfAsked('watch');
        const change = this.#log[next];
        if (change !== undefined) {
          next++;
          const event = eventFor(change, isInView);
          if (event === undefined || this.isSilent) continue;
          yield event;
          if (--this.#eventsUntilCut > 0) continue;
          this.#eventsUntilCut = Infinity;
          this.closeWatches();
        } else if (allowBookmarks && bookmarks < this.#bookmarks) {
          bookmarks = this.#bookmarks;
          yield { type: 'bookmark', resourceVersion: this.resourceVersion };
        } else {
          await this.#untilWoken(signal);
        }
      }
    } finally {
      this.openWatches--;
    }
  }

  #page(verb: 'list' | 'listVersions', options: ListOptions): ObjectList<T> {
    this.requests.push({ verb, options });
    this.#failIfAsked(verb);
    options.signal?.throwIfAborted();
    const isInView = this.#viewOf(options);
    const [revision = this.#revision, after = ''] = options.continue === undefined ? [] : readToken(options.continue);
    if (options.continue !== undefined && revision < this.#expiredUpTo) throw expired('the continue token');
    this.#sorted ??= [...this.#objects].sort(([a], [b]) => (a < b ? -1 : 1));
    const rest = this.#sorted.filter(([key, object]) => key > after && isInView(object));
    const page = rest.slice(0, options.limit ?? rest.length);
    const last = page.at(-1);
    return {
      resourceVersion: this.#formatVersion(revision),
      items: page.map(([, object]) => object),
      ...(last !== undefined && page.length < rest.length ? { continue: `${revision} ${last[0]}` } : {}),
      ...(options.continue === undefined ? {} : { inconsistent: true }),
    };
  }

  #viewOf({ namespace, labelSelector }: ListOptions | WatchOptions): (object: Stored<T>) => boolean {
    const selector: LabelSelector | undefined =
      labelSelector === undefined ? undefined : parseLabelSelector(labelSelector);
    return ({ metadata }) =>
      (namespace === undefined || metadata.namespace === namespace) &&
      (selector === undefined || matchesLabels(selector, metadata.labels ?? {}));
  }

  #revisionOf(resourceVersion: string): number {
    for (let revision = this.#revision; revision > 0; revision--) {
      if (this.#formatVersion(revision) === resourceVersion) return revision;
    }
    return 0;
  }

  #nextRevision(): number {
    return this.#isWithinCommit ? this.#revision : ++this.#revision;
  }

  #append(change: Change<T>): void {
    this.#log.push(change);
    this.#sorted = undefined;
    this.#wake();
  }

  #failIfAsked(verb: SourceRequest['verb']): void {
    const failure = this.#failures[verb].shift();
    if (failure !== undefined) throw failure;
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }

  #untilWoken(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}

function specText(object: object): string {
  return JSON.stringify('spec' in object ? [object.spec] : []);
}

function expired(what: string): ExpiredError {
  return new ExpiredError({ message: `${what} is no longer kept: list again` });
}

function readToken(token: string): [number, string] {
  const space = token.indexOf(' ');
  return [Number(token.slice(0, space)), token.slice(space + 1)];
}

/** What a view sees of a change: entering it is `added`, leaving it `deleted`. */
function eventFor<T extends ApiObject>(
  { type, object, previous }: Change<T>,
  isInView: (object: Stored<T>) => boolean,
): WatchEvent<T> | undefined {
  const wasIn = previous !== undefined && isInView(previous);
  const isIn = type !== 'deleted' && isInView(object);
  if (isIn) return { type: wasIn ? 'modified' : 'added', object };
  return wasIn ? { type: 'deleted', object } : undefined;
}
