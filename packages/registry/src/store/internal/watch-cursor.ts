import { setImmediate } from 'node:timers';
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

type Answer = IteratorResult<StoreEvent, undefined>;

/** A call of `next` that waits for its answer. */
interface Call {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
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
  #caughtUp = false;
  /** The wake-up before the last reading. */
  #readAt = -1;
  #progressAt: number;
  #eventsSinceProgress = true;
  #progressTimer: Timer | undefined;
  /** Calls of `next` that have not been answered, in their order: nearly always one. */
  readonly #calls: Call[] = [];

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
  next(): Promise<Answer> {
    // No promise but this one: a hundred watchers that wake up together shall cost the writer little.
    return new Promise((resolve, reject) => {
      this.#start();
      const isFirst = this.#calls.push({ resolve, reject }) === 1;
      if (isFirst) this.#goOn();
    });
  }

  /** Ends the watch at once, also while `next` waits. */
  return(): Promise<Answer> {
    this.#end();
    return Promise.resolve(end);
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

  readonly #end = (): void => {
    this.#ended = true;
    this.#rows = [];
    this.#source.wakeUps.unregister(this);
    this.#source.wakeUps.stay(this.#goOn);
    this.#progressTimer?.cancel();
    this.#options.signal?.removeEventListener('abort', this.#end);
    for (const { resolve } of this.#calls.splice(0)) resolve(end);
  };

  /** Answers the calls that there is an answer for; for the others it is called again when there may be more. */
  readonly #goOn = (): void => {
    this.#progressTimer?.cancel();
    this.#progressTimer = undefined;
    try {
      while (this.#calls.length > 0) {
        if (this.#ended || this.#source.wakeUps.closed) {
          this.#end();
          return;
        }
        const event = this.#nextInHand() ?? this.#takeProgress();
        if (event !== undefined) this.#calls.shift()?.resolve({ done: false, value: event });
        else if (!this.#read()) return;
      }
    } catch (error) {
      this.#calls.shift()?.reject(error);
      this.#end();
    }
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

  /** Reads on; `false` when there is nothing to go on with before the next wake-up or turn. */
  #read(): boolean {
    const { log, wakeUps } = this.#source;
    const { count } = wakeUps;
    if (this.#caughtUp && this.#readAt === count) {
      this.#sleep();
      return false;
    }
    const page = log.read(this.#position, this.#options, count);
    this.#readAt = count;
    this.#position = page.next;
    this.#rows = page.rows;
    this.#taken = 0;
    this.#caughtUp = page.caughtUp;
    if (page.rows.length > 0 || page.caughtUp) return true;
    // A watcher that is far behind reads page after page: the event loop gets a turn between them.
    setImmediate(this.#goOn);
    return false;
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

  #sleep(): void {
    const { wakeUps, clock } = this.#source;
    const { progressIntervalMs } = this.#options;
    wakeUps.sleep(this.#goOn);
    if (progressIntervalMs === undefined) return;
    this.#progressTimer = clock.setTimer(this.#goOn, this.#progressDueInMs(progressIntervalMs));
  }
}
