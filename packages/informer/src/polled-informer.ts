import { sharedAbortController, showBriefly, slept, systemClock, untilAborted } from '@ecsm/api-types';

import { PollFailedError } from './errors/poll-failed-error.js';
import { PollTimeoutError } from './errors/poll-timeout-error.js';
import { InformerBase } from './informer-base.js';
import { Backoff } from './internal/backoff.js';
import { checkIntervals, checkPolledInformerOptions } from './internal/check-polled-informer-options.js';
import { KnownItems } from './internal/known-items.js';
import { Pacer } from './internal/pacer.js';
import { polledEventTraits } from './internal/polled-event-traits.js';
import { quietly } from './internal/quietly.js';
import type { PolledEvent } from './polled-event.js';
import type {
  PolledInformerHealth,
  PolledInformerMetrics,
  PolledInformerOptions,
  PollIntervals,
} from './polled-informer-options.js';
import type { PolledSource } from './polled-source.js';

/** A poller rests at least this many times as long as its last poll took: a slow link is not filled with polls. */
const restsPerPoll = 2;

/**
 * Watches a list that has no watch: it looks again and again and reports what has changed, holding a key and a
 * fingerprint for each item.
 *
 * It promises:
 * - Every item is reported once as `added`, every change of its fingerprint that two polls can show as `modified`, and
 *   its end as `deleted`. A poll that fails deletes nothing.
 * - It looks often while something moves and seldom at rest, with jitter, and backs off while polls fail. Polls never
 *   overlap.
 * - It never holds the event loop for long: lists are compared in pieces, with pauses.
 * - Handlers get events one at a time and in order, each at its own pace, as those of an {@link Informer}.
 *
 * @typeParam I - the items of the list
 *
 * @example
 * ```ts
 * await using services = new PolledInformer<ServiceRow>(
 *   {
 *     list: ({ signal }) => client.services.list({ signal }),
 *     keyOf: (row) => row.id,
 *     fingerprintOf: (row) => `${row.updatedTime} ${row.status}`,
 *   },
 *   { name: 'platform services' },
 * );
 * services.addHandler((event) => queue.add(event.key));
 * services.start();
 * ```
 */
export class PolledInformer<I> extends InformerBase<PolledEvent<I>> {
  readonly #source: PolledSource<I>;
  readonly #known: KnownItems<I>;
  readonly #backoff: Backoff;
  readonly #jitter: number;
  readonly #random: () => number;
  readonly #timeoutMs: number;
  readonly #metrics: PolledInformerMetrics | undefined;
  #intervals: Required<PollIntervals>;
  #state: PolledInformerHealth['state'] = 'new';
  #isMoving = false;
  /** Until when movement is expected, on the monotonic clock. */
  #movingUntil = -Infinity;
  #lastPollAt: number | undefined;
  #lastError: Error | undefined;
  /** Ends the present pause. */
  #waking = new AbortController();
  #isPollWanted = false;

  /**
   * @param source - the list to look at
   * @throws TypeError or RangeError when a part of the source or an option is missing or makes no sense
   */
  constructor(source: PolledSource<I>, options: PolledInformerOptions) {
    checkPolledInformerOptions(source, options);
    const { name, clock = systemClock, random = Math.random, metrics, intervals = {}, backoff = {} } = options;
    const { jitter = 0.1, timeoutMs = 60_000, missesUntilDeleted = 1 } = options;
    super({
      name,
      clock,
      traits: polledEventTraits<I>(),
      onError: options.onError,
      onHandlerFailed: metrics?.handlerFailed && ((handler) => metrics.handlerFailed?.(handler)),
    });
    this.#source = source;
    this.#known = new KnownItems<I>(source, missesUntilDeleted, (event) => this.publish(event));
    this.#backoff = new Backoff(backoff, random);
    this.#jitter = jitter;
    this.#random = random;
    this.#timeoutMs = timeoutMs;
    this.#metrics = metrics;
    const { restMs = 30_000, movingMs = 2_000 } = intervals;
    this.#intervals = { restMs, movingMs };
  }

  /** How many items are known. */
  get size(): number {
    return this.#known.size;
  }

  /** The keys of all known items. */
  keys(): IterableIterator<string> {
    return this.#known.keys();
  }

  /** The known fingerprint of an item, or `undefined` when it is not known to exist. */
  fingerprintOf(key: string): string | undefined {
    return this.#known.fingerprintOf(key);
  }

  /** Looks again at once; during a poll, once more right after it. */
  pollNow(): void {
    this.#isPollWanted = true;
    this.#waking.abort();
  }

  /**
   * Polls at the interval for movement for a while, because the program itself has set something in motion.
   *
   * @throws RangeError when `forMs` is no number of at least 0
   */
  expectChanges(forMs: number): void {
    if (typeof forMs !== 'number' || !(forMs >= 0)) {
      const got = showBriefly(forMs);
      throw new RangeError(
        `forMs of expectChanges of informer "${this.name}" must be a number of at least 0, got ${got}`,
      );
    }
    this.#movingUntil = Math.max(this.#movingUntil, this.clock.monotonicNow() + forMs);
    // The present pause may be one at rest.
    this.#waking.abort();
  }

  /** Changes how often the informer looks, e.g. when the link has become slow. */
  setIntervals(intervals: PollIntervals): void {
    checkIntervals(this.name, intervals);
    const { restMs = this.#intervals.restMs, movingMs = this.#intervals.movingMs } = intervals;
    this.#intervals = { restMs, movingMs };
    this.#waking.abort();
  }

  /** How the informer does, for health checks and metrics. */
  health(): PolledInformerHealth {
    return {
      name: this.name,
      state: this.isStopped ? 'stopped' : this.#state,
      synced: this.isSynced,
      lastPollAgeMs: this.#lastPollAt === undefined ? undefined : this.clock.monotonicNow() - this.#lastPollAt,
      objects: this.#known.size,
      moving: this.#isInMotion,
      failures: this.#backoff.failures,
      lastError: this.#lastError,
    };
  }

  protected override known(type: 'added' | 'sync'): Iterable<PolledEvent<I>> {
    return this.#known.asEvents(type);
  }

  protected override async listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = this.clock.monotonicNow();
      this.#isPollWanted = false;
      const failureDelayMs = await this.#poll(signal);
      await this.#pause(startedAt, failureDelayMs, signal);
    }
  }

  get #isInMotion(): boolean {
    return this.#isMoving || this.clock.monotonicNow() < this.#movingUntil;
  }

  /** Polls once; returns how long to wait if that failed. */
  async #poll(signal: AbortSignal): Promise<number | undefined> {
    this.#state = 'polling';
    const startedAt = this.clock.monotonicNow();
    const poll = sharedAbortController();
    const abort = (): void => poll.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const timer = this.clock.setTimer(
      () => poll.abort(new PollTimeoutError(this.name, this.#timeoutMs)),
      this.#timeoutMs,
    );
    const seconds = (): number => (this.clock.monotonicNow() - startedAt) / 1000;
    try {
      const changes = await this.#takeIn(poll.signal);
      this.#backoff.succeeded();
      this.#lastError = undefined;
      this.#lastPollAt = this.clock.monotonicNow();
      this.markSynced();
      quietly(() => this.#metrics?.polled?.(seconds(), changes));
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      this.#lastError = new PollFailedError(this.name, error);
      quietly(() => this.#metrics?.polled?.(seconds(), undefined));
      this.reportError(this.#lastError);
      return this.#backoff.failed();
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  /** Lists and compares; returns how many items have changed. */
  async #takeIn(signal: AbortSignal): Promise<number> {
    const initial = !this.isSynced;
    const pacer = new Pacer(this.clock);
    const found = { changes: 0, isMoving: false };
    const see = (item: I): void => {
      if (this.#known.see(item, initial)) found.changes++;
      if (!found.isMoving && this.#source.isMoving?.(item) === true) found.isMoving = true;
    };
    this.#known.beginPoll();
    for await (const page of this.#pages(signal)) {
      if (!Array.isArray(page)) throw new TypeError(`a list must be an array, got ${showBriefly(page)}`);
      await pacer.through(page, see, signal);
    }
    await pacer.through(
      this.#known.entries(),
      ([key, entry]) => {
        if (this.#known.miss(key, entry)) found.changes++;
      },
      signal,
    );
    this.#isMoving = found.isMoving || (found.changes > 0 && !initial);
    return found.changes;
  }

  /** The pages of a list; a source that does not answer is left behind when the signal aborts. */
  async *#pages(signal: AbortSignal): AsyncGenerator<readonly I[], void, undefined> {
    const list = this.#source.list({ signal });
    if (!(Symbol.asyncIterator in list)) {
      yield await untilAborted(list, signal);
      return;
    }
    const pages = list[Symbol.asyncIterator]();
    let isAtEnd = false;
    try {
      for (;;) {
        const next = await untilAborted(pages.next(), signal);
        isAtEnd = next.done === true;
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      if (!isAtEnd) void Promise.resolve(pages.return?.()).catch(() => undefined);
    }
  }

  /** Waits until the next poll is due; what changes the interval meanwhile takes effect at once. */
  async #pause(pollStartedAt: number, failureDelayMs: number | undefined, signal: AbortSignal): Promise<void> {
    this.#state = 'waiting';
    const endedAt = this.clock.monotonicNow();
    const shortestMs = (endedAt - pollStartedAt) * restsPerPoll;
    const spread = 1 - this.#jitter * this.#random();
    while (!signal.aborted && !this.#isPollWanted) {
      const intervalMs = (this.#isInMotion ? this.#intervals.movingMs : this.#intervals.restMs) * spread;
      const dueAt = endedAt + (failureDelayMs ?? Math.max(intervalMs, shortestMs));
      const leftMs = dueAt - this.clock.monotonicNow();
      if (leftMs <= 0) return;
      this.#waking = new AbortController();
      const waking = this.#waking;
      const abort = (): void => waking.abort();
      signal.addEventListener('abort', abort, { once: true });
      await slept(this.clock, leftMs, { signal: waking.signal });
      signal.removeEventListener('abort', abort);
      if (!waking.signal.aborted) return;
    }
  }
}
