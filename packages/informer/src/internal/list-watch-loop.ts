import {
  asError,
  isExpiredError,
  sharedAbortController,
  showValue,
  slept,
  type ApiObject,
  type Clock,
  type ListWatch,
  type WatchEvent,
} from '@ecsm/api-types';

import { UnusableAnswerError } from '../errors/unusable-answer-error.js';
import { WatchIdleError } from '../errors/watch-idle-error.js';
import type { ChangeOrigin } from '../informer-event.js';
import type { InformerHealth, InformerMetrics, RelistReason } from '../informer-metrics.js';
import type { Backoff } from './backoff.js';
import { forEachUntilAborted } from './for-each-until-aborted.js';
import { IdleWatchdog } from './idle-watchdog.js';
import { isObjectOf } from './is-object-of.js';
import type { KnownObjects } from './known-objects.js';
import { listPages, type ListedPage, type ListPagesOptions } from './list-pages.js';
import type { OwnWrites } from './own-writes.js';
import { Pacer } from './pacer.js';
import { quietly } from './quietly.js';

/** What the loop works with. */
export interface LoopContext<T extends ApiObject> {
  readonly name: string;
  readonly source: ListWatch<T>;
  readonly known: KnownObjects<T>;
  readonly ownWrites: OwnWrites<T>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly selection: ListPagesOptions['selection'];
  readonly pageSize: number | undefined;
  readonly listObjects: boolean;
  /** A list is taken in as a whole, so that readers of the object cache never see half of it. */
  readonly atomicLists: boolean;
  readonly resyncPeriodMs: number;
  readonly idleTimeoutMs: number;
  readonly backoff: Backoff;
  readonly metrics: InformerMetrics | undefined;
  readonly onError: (error: Error) => void;
  readonly onListed: () => void;
}

/** Ends a watch so that a list takes its place; not a failure. */
class RelistRequest extends Error {}

/**
 * Keeps what is known in step with a source, until it is told to stop.
 *
 * It lists once, then watches from the list's revision. A watch that ends is resumed behind the last revision that is
 * known to be complete; only an expired revision, or a comparison the watch cannot go along with, makes it list again.
 * Failures are retried for ever, with backoff.
 */
export class ListWatchLoop<T extends ApiObject> {
  readonly #context: LoopContext<T>;
  state: InformerHealth['state'] = 'new';
  lastSignAt: number | undefined;
  lastError: Error | undefined;
  /** Why the next list is made; `undefined` when the watch can go on. */
  #relist: RelistReason | 'first' | undefined = 'first';
  #listOrigin: ChangeOrigin = 'list';
  #watching: AbortController | undefined;
  #comparing: AbortController | undefined;

  constructor(context: LoopContext<T>) {
    this.#context = context;
  }

  async run(signal: AbortSignal): Promise<void> {
    const resync = this.#resyncForever(signal);
    while (!signal.aborted) {
      const step = this.#relist === undefined ? 'watch' : 'list';
      try {
        if (step === 'list') await this.#list(signal);
        else await this.#watch(signal);
      } catch (thrown) {
        if (isAborted(signal)) break;
        const error = asError(thrown);
        if (error instanceof RelistRequest) continue;
        await this.#recover(step, error, signal);
      }
    }
    await resync;
    this.state = 'stopped';
  }

  /** Gives up the present watch and lists again, because the two are known to differ. */
  relist(): void {
    if (this.#relist !== undefined) return;
    this.#relist = 'resync';
    this.#listOrigin = 'resync';
    this.#watching?.abort(new RelistRequest());
  }

  async #recover(step: 'list' | 'watch', error: Error, signal: AbortSignal): Promise<void> {
    const { backoff, clock } = this.#context;
    if (step === 'watch' && isExpiredError(error)) {
      this.#relist = 'expired';
      this.#listOrigin = 'relist';
    }
    this.#failed(step, error);
    // A silent stream is resumed at once: the source did not refuse anything.
    if (error instanceof WatchIdleError) return;
    this.state = 'waiting';
    await slept(clock, backoff.failed(), { signal });
  }

  #failed(step: 'list' | 'watch', error: Error): void {
    const { onError, metrics } = this.#context;
    quietly(() => metrics?.failed?.(step));
    this.lastError = error;
    onError(error);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { known, metrics, atomicLists, onListed, backoff } = this.#context;
    this.#comparing?.abort();
    this.state = 'listing';
    const reason = this.#relist;
    if (reason !== undefined && reason !== 'first') quietly(() => metrics?.relisted?.(reason));
    const initial = this.#listOrigin === 'list';
    const pages = this.#pages(this.#context.listObjects, known.lastSeen, signal);
    if (atomicLists) await this.#takeInAtOnce(pages, initial);
    else await this.#takeInByPage(pages, this.#listOrigin, initial, signal);
    backoff.succeeded();
    this.lastError = undefined;
    this.#relist = undefined;
    this.#listOrigin = 'relist';
    onListed();
  }

  async *#pages(objects: boolean, notBefore: string | undefined, signal: AbortSignal): AsyncGenerator<ListedPage<T>> {
    const { source, name, selection, pageSize, clock } = this.#context;
    for await (const page of listPages(source, { informer: name, selection, pageSize, objects, notBefore, signal })) {
      signal.throwIfAborted();
      this.lastSignAt = clock.monotonicNow();
      yield page;
    }
  }

  /** Takes in a list as it comes, with pauses for others. */
  async #takeInByPage(
    pages: AsyncIterable<ListedPage<T>>,
    origin: ChangeOrigin,
    initial: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { known, clock } = this.#context;
    const pacer = new Pacer(clock);
    const comparison = known.beginComparison();
    try {
      for await (const page of pages) {
        comparison.version = page.resourceVersion;
        await pacer.through(page.items, (item) => known.compare(item, origin, initial), signal);
      }
      const gone: string[] = [];
      const note = (key: string | undefined): void => {
        if (key !== undefined) gone.push(key);
      };
      await pacer.through(known.unmet(), note, signal);
      await pacer.through(gone, (key) => known.forgetUnmet(key, origin), signal);
      known.completeComparison();
    } finally {
      known.endComparison(comparison);
    }
  }

  /** Takes in a list in one step: deletions first, then what is new or changed. */
  async #takeInAtOnce(pages: AsyncIterable<ListedPage<T>>, initial: boolean): Promise<void> {
    const all: ListedPage<T>[] = [];
    for await (const page of pages) all.push(page);
    this.#context.known.replace(
      all.flatMap((page) => page.items),
      all[0]?.resourceVersion ?? '',
      this.#listOrigin,
      initial,
    );
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { source, selection, known, clock, random, backoff, name, idleTimeoutMs } = this.#context;
    this.state = 'watching';
    const controller = sharedAbortController();
    this.#watching = controller;
    const abort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const limitMs = idleTimeoutMs * (1 + random());
    const watchdog = new IdleWatchdog(clock, limitMs, () => controller.abort(new WatchIdleError(name, limitMs)));
    const startedAt = clock.monotonicNow();
    let stepsForward = 0;
    try {
      const events = source.watch({
        ...selection,
        ...(known.resumeFrom === undefined ? {} : { resourceVersion: known.resumeFrom }),
        allowBookmarks: true,
        signal: controller.signal,
      });
      const takeNote = (event: WatchEvent<T>): void => {
        this.lastSignAt = clock.monotonicNow();
        watchdog.sign(this.lastSignAt);
        // What a resumed watch says again is no proof that it works.
        if (!this.#see(event)) return;
        stepsForward++;
        backoff.succeeded();
        this.lastError = undefined;
      };
      // Handlers come first: after a rest, each of these steps takes them microseconds.
      await forEachUntilAborted(events, controller.signal, (event) => this.#takeIn(event), takeNote);
    } finally {
      signal.removeEventListener('abort', abort);
      watchdog.stop();
      controller.abort();
      if (clock.monotonicNow() - startedAt >= backoff.calmMs) backoff.succeeded();
    }
    signal.throwIfAborted();
    // A source that ends each watch at once is not asked again without a pause.
    if (stepsForward === 0 && clock.monotonicNow() - startedAt < backoff.calmMs)
      await slept(clock, backoff.failed(), { signal });
  }

  #takeIn(event: WatchEvent<T>): void {
    const { known, name, ownWrites, source } = this.#context;
    const { kind } = source.kind;
    if (!isUsable(kind, event)) {
      throw new UnusableAnswerError(name, `a bookmark or a stored object of kind ${kind}`, showValue(event));
    }
    if (event.type !== 'bookmark' && !ownWrites.holds(event)) known.apply(event);
  }

  /** Returns whether the watch went forward with this event. */
  #see(event: WatchEvent<T>): boolean {
    const { known } = this.#context;
    if (event.type !== 'bookmark') return known.see(event.object.metadata.resourceVersion);
    known.advance(event.resourceVersion);
    return true;
  }

  /** Compares with the source now and then while the watch goes on. */
  async #resyncForever(signal: AbortSignal): Promise<void> {
    const { clock, resyncPeriodMs, metrics } = this.#context;
    let hasFailed = false;
    while (resyncPeriodMs > 0) {
      await slept(clock, hasFailed ? resyncPeriodMs / 10 : resyncPeriodMs, { signal, keepAlive: false });
      if (signal.aborted) return;
      // A list that is under way or about to be does the same.
      if (this.#relist !== undefined) continue;
      const comparing = sharedAbortController();
      const abort = (): void => comparing.abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#comparing = comparing;
      try {
        quietly(() => metrics?.relisted?.('resync'));
        hasFailed = false;
        await this.#compare(comparing.signal);
      } catch (error) {
        if (comparing.signal.aborted) continue;
        hasFailed = true;
        this.#failed('list', asError(error));
      } finally {
        signal.removeEventListener('abort', abort);
        this.#comparing = undefined;
      }
    }
  }

  async #compare(signal: AbortSignal): Promise<void> {
    const { known, atomicLists, clock } = this.#context;
    const pages = this.#pages(false, known.lastSeen, signal);
    if (known.isOrdered && !atomicLists) {
      await this.#takeInByPage(pages, 'resync', false, signal);
      return;
    }
    // Without an order, or with objects to take along, differences are only counted, and resolved by a new list.
    const pacer = new Pacer(clock);
    let matches = 0;
    for await (const page of pages) {
      for (const item of page.items) {
        if (known.isNews(item)) {
          this.relist();
          return;
        }
        matches++;
        if (pacer.step()) await pacer.breathe();
      }
    }
    if (matches !== known.size) this.relist();
  }
}

/** Asks anew: the compiler takes a signal seen not aborted to stay so. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Checks what the types promise: the source may be somebody else's server. */
function isUsable(kind: string, answer: unknown): boolean {
  const event = answer as
    { readonly type?: unknown; readonly resourceVersion?: unknown; readonly object?: unknown } | null | undefined;
  if (event?.type === 'bookmark') return typeof event.resourceVersion === 'string';
  return ['added', 'modified', 'deleted'].includes(String(event?.type)) && isObjectOf(kind, event?.object);
}
