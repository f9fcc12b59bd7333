import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Timer } from '@ecsm/api-types';
import type { StoreEvent, StoreWatchOptions } from '../store.js';
import { behindRevision, type ChangeLog, type LogPosition, type LogRow } from './change-log.js';
import { Coalescer } from './coalescer.js';
import { isInRange } from './key-order.js';
import type { WakeUps } from './wake-ups.js';

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** What a cursor works with. */
export interface WatchSource {
  readonly log: ChangeLog;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
}

/**
 * One watcher: a position in the change log that moves when it is asked for the next event.
 *
 * States: new → reading ⇄ waiting → ended. It ends when the signal aborts, the loop over it ends, the store closes, or
 * reading fails; an ended cursor gives nothing more.
 */
export class WatchCursor implements AsyncIterableIterator<StoreEvent, undefined> {
  readonly #source: WatchSource;
  readonly #options: StoreWatchOptions;
  readonly #coalescer = new Coalescer();
  #position: LogPosition;
  /** The page in hand, read up to `#taken`. */
  #rows: readonly LogRow[] = [];
  #taken = 0;
  #started = false;
  #ended = false;
  #stopWaiting: (() => void) | undefined;
  #caughtUp = false;
  /** The wake-up before the last reading. */
  #readAt = -1;
  #progressAt: number;
  #eventsSinceProgress = true;
  /** Calls of `next` that have not been answered, and the last of them. */
  #unanswered = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: WatchSource, options: StoreWatchOptions) {
    this.#source = source;
    this.#options = options;
    this.#position = behindRevision(options.afterRevision);
    this.#progressAt = source.clock.monotonicNow();
  }

  /** The newest revision of which everything has been told. */
  get revision(): number {
    const next = this.#rows[this.#taken];
    return next === undefined ? this.#position.revision : next.revision - 1;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next event; calls that overlap are answered one after the other. */
  next(): Promise<IteratorResult<StoreEvent, undefined>> {
    // Nearly always alone: a hundred watchers that wake up together shall cost few promises.
    const result = this.#unanswered++ === 0 ? this.#next() : this.#last.catch(() => {}).then(() => this.#next());
    this.#last = result;
    return result;
  }

  /** Ends the watch at once, also while `next` waits. */
  return(): Promise<IteratorResult<StoreEvent, undefined>> {
    this.#end();
    return Promise.resolve(end);
  }

  async #next(): Promise<IteratorResult<StoreEvent, undefined>> {
    this.#start();
    try {
      for (;;) {
        if (this.#ended || this.#source.wakeUps.closed) return this.#end();
        const event = this.#nextInHand() ?? this.#takeProgress();
        if (event !== undefined) return { done: false, value: event };
        const waiting = this.#readOrWait();
        if (waiting !== undefined) await waiting;
      }
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      this.#unanswered--;
    }
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    if (this.#options.signal?.aborted === true) {
      this.#ended = true;
      return;
    }
    this.#source.wakeUps.register(this);
    this.#options.signal?.addEventListener('abort', this.#end, { once: true });
  }

  readonly #end = (): IteratorReturnResult<undefined> => {
    this.#ended = true;
    this.#rows = [];
    this.#source.wakeUps.unregister(this);
    this.#options.signal?.removeEventListener('abort', this.#end);
    this.#stopWaiting?.();
    return end;
  };

  #nextInHand(): StoreEvent | undefined {
    while (this.#taken < this.#rows.length) {
      const row = this.#rows[this.#taken++];
      if (row === undefined || !isInRange(row.key, this.#options)) continue;
      const event = this.#coalescer.take(row);
      if (event !== undefined) {
        this.#eventsSinceProgress = true;
        return event;
      }
    }
    return undefined;
  }

  /** Reads on; what has to be waited for before there can be more, if anything has. */
  #readOrWait(): Promise<unknown> | undefined {
    const { log, wakeUps } = this.#source;
    const { count } = wakeUps;
    if (this.#caughtUp && this.#readAt === count) return this.#isProgressDue() ? undefined : this.#sleep(count);
    const page = log.read(this.#position, this.#options, count);
    this.#readAt = count;
    this.#position = page.next;
    this.#rows = page.rows;
    this.#taken = 0;
    this.#caughtUp = page.caughtUp;
    // A watcher that is far behind reads page after page: the event loop gets a turn between them.
    return page.rows.length === 0 && !page.caughtUp ? nextTurn() : undefined;
  }

  #takeProgress(): StoreEvent | undefined {
    if (!this.#isProgressDue()) return undefined;
    this.#eventsSinceProgress = false;
    this.#progressAt = this.#source.clock.monotonicNow();
    return { type: 'progress', revision: this.#position.revision };
  }

  /** Progress is told only where nothing up to the position is still to be told. */
  #isProgressDue(): boolean {
    const { progressIntervalMs } = this.#options;
    if (progressIntervalMs === undefined || !this.#caughtUp || !this.#coalescer.isEmpty) return false;
    return this.#eventsSinceProgress || this.#progressDueInMs(progressIntervalMs) <= 0;
  }

  #progressDueInMs(intervalMs: number): number {
    return this.#progressAt + intervalMs - this.#source.clock.monotonicNow();
  }

  #sleep(countBeforeReading: number): Promise<void> | undefined {
    const { wakeUps, clock } = this.#source;
    const { progressIntervalMs } = this.#options;
    if (wakeUps.count !== countBeforeReading || this.#ended) return undefined;
    return new Promise<void>((resolve) => {
      const timer: Timer | undefined =
        progressIntervalMs === undefined
          ? undefined
          : clock.setTimer(() => this.#stopWaiting?.(), this.#progressDueInMs(progressIntervalMs));
      const wakeUp = (): void => {
        this.#stopWaiting = undefined;
        timer?.cancel();
        resolve();
      };
      const takeBack = wakeUps.onWake(wakeUp);
      this.#stopWaiting = () => {
        takeBack();
        wakeUp();
      };
    });
  }
}
