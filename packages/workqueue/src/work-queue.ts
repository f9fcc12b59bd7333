import { checkOptions, must, noSlot, showBriefly, systemClock, type Clock, type OptionRules } from '@ecsm/api-types';

import { defaultRateLimiter } from './default-rate-limiter.js';
import { DelayedSlots } from './internal/delayed-slots.js';
import { PriorityLabels } from './internal/priority-labels.js';
import { ReadyLevels } from './internal/ready-levels.js';
import { SlotList } from './internal/slot-list.js';
import { flag, SlotTable } from './internal/slot-table.js';
import { Waiters } from './internal/waiters.js';
import type { RateLimiter } from './rate-limiter.js';
import type { PriorityMeasurement, WorkQueueMeasurements, WorkQueueMetrics } from './work-queue-metrics.js';
import type { AddOptions, WorkItem, WorkQueueOptions } from './work-queue-options.js';
import type { SnapshotItem, WorkQueueSnapshot } from './work-queue-snapshot.js';

const rules: OptionRules<WorkQueueOptions> = {
  rateLimiter: must.beObject,
  ageingMs: must.beAtLeast(0),
  keepAlive: must.beBoolean,
  metrics: must.beObject,
  clock: must.beObject,
};

/** How many running keys are compared one by one. */
const maxLooks = 16;

/**
 * A queue of keys to work on, for workers that each run one key at a time.
 *
 * It promises:
 * - A key waits at most once, however often it was added, and never runs twice at the same time. Added while it runs,
 *   it runs exactly once more after {@link WorkQueue.done}.
 * - The highest priority runs first, and keys of one priority in the order they became ready. No key starves: see
 *   {@link WorkQueueOptions.ageingMs}.
 * - A delayed key never runs early. Of several delays for a key the soonest counts, and an immediate add replaces them.
 * - Only {@link WorkQueue.addRateLimited} counts a failure and only {@link WorkQueue.forget} clears the count: triggers
 *   from outside may run a key at once, but change nothing about its next delay.
 * - After {@link WorkQueue.shutdown} keys that are ready are still handed out, then workers are told to end.
 *
 * Keys are compared as those of a `Map`: use strings or numbers, since two objects are two keys even with equal
 * contents.
 *
 * @typeParam K - the keys
 *
 * @example
 * ```ts
 * const queue = new WorkQueue();
 * async function work(): Promise<void> {
 *   for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
 *     try {
 *       await run(item.key);
 *       queue.forget(item.key);
 *     } catch {
 *       queue.addRateLimited(item.key);
 *     } finally {
 *       queue.done(item.key);
 *     }
 *   }
 * }
 * ```
 */
export class WorkQueue<K = string> implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #rateLimiter: RateLimiter<K>;
  readonly #metrics: WorkQueueMetrics | undefined;
  readonly #labels = new PriorityLabels();
  readonly #table = new SlotTable<K>();
  readonly #ready: ReadyLevels;
  readonly #delayed: DelayedSlots;
  /** The running keys, longest first. */
  readonly #running: SlotList;
  readonly #workers = new Waiters<WorkItem<K> | undefined>();
  readonly #drains = new Waiters<void>();
  #handingOut = false;
  #closed = false;

  /** @throws TypeError or RangeError when an option makes no sense */
  constructor(options: WorkQueueOptions<K> = {}) {
    checkOptions('a work queue', options, rules);
    const { clock = systemClock, ageingMs = 30_000, keepAlive = true } = options;
    this.#clock = clock;
    this.#rateLimiter = options.rateLimiter ?? defaultRateLimiter<K>(clock);
    this.#metrics = options.metrics;
    this.#ready = new ReadyLevels(this.#table, ageingMs);
    this.#running = new SlotList(this.#table);
    this.#delayed = new DelayedSlots(this.#table, clock, keepAlive, (slot) => {
      this.#table.flags[slot] = this.#flags(slot) & ~flag.delayed;
      this.#makeReady(slot);
    });
  }

  /** How many keys can run now and wait for a worker. */
  get length(): number {
    return this.#ready.size;
  }

  /** How many keys wait for their time. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** How many keys have been handed out and are not done. */
  get running(): number {
    return this.#running.size;
  }

  /** Whether the queue takes no more keys, because it was shut down. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Asks for a run of `key`. After shutdown it does nothing.
   *
   * @throws RangeError when the priority is no 32-bit integer or the delay is not a number
   */
  add(key: K, { priority = 0, afterMs = 0 }: AddOptions = {}): void {
    if (priority !== (priority | 0)) throw new RangeError(`priority must be a 32-bit integer, got ${priority}`);
    if (typeof afterMs !== 'number' || Number.isNaN(afterMs)) {
      throw new RangeError(`afterMs must be a number of milliseconds, got ${showBriefly(afterMs)}`);
    }
    if (this.#closed) return;
    const table = this.#table;
    const slot = table.findOrAllocate(key);
    this.#raise(slot, priority);
    const flags = this.#flags(slot);
    if (flags & (flag.ready | flag.dirty)) return;
    const now = this.#clock.monotonicNow();
    if (afterMs > 0) {
      if (flags & flag.delayed) {
        this.#delayed.hasten(slot, now + afterMs);
      } else {
        table.flags[slot] = flags | flag.delayed;
        table.readyAt[slot] = now + afterMs;
        this.#delayed.add(slot);
      }
      return;
    }
    if (flags & flag.delayed) {
      this.#delayed.remove(slot);
      table.flags[slot] = flags & ~flag.delayed;
    }
    table.readyAt[slot] = now;
    this.#makeReady(slot);
  }

  /**
   * Asks for another run of a key whose run failed, after the delay its failures call for.
   *
   * @returns the delay in milliseconds, or `Infinity` after shutdown, when there will be no run
   */
  addRateLimited(key: K, { priority = 0 }: Pick<AddOptions, 'priority'> = {}): number {
    if (this.#closed) return Infinity;
    const afterMs = this.#rateLimiter.when(key);
    this.#metrics?.retried();
    this.add(key, { priority, afterMs });
    return afterMs;
  }

  /** Clears the failure count of a key, because a run succeeded or there is nothing left to run for. */
  forget(key: K): void {
    this.#rateLimiter.forget(key);
  }

  /** How many failures of a key have been counted since it was last forgotten. */
  retries(key: K): number {
    return this.#rateLimiter.retries(key);
  }

  /**
   * Takes the key whose turn it is, waiting for one if need be; resolves `undefined` when the queue was shut down and
   * nothing is ready.
   *
   * Every key taken has to be given back with {@link WorkQueue.done}.
   *
   * @throws the reason of `signal` when it aborts before a key was taken
   */
  get({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<WorkItem<K> | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const item = this.tryGet();
    if (item !== undefined || this.#closed) return Promise.resolve(item);
    return this.#workers.wait(signal);
  }

  /** Takes the key whose turn it is, or returns `undefined` when none is ready: {@link WorkQueue.get} without waiting. */
  tryGet(): WorkItem<K> | undefined {
    if (this.#ready.size === 0) return undefined;
    const now = this.#clock.monotonicNow();
    const table = this.#table;
    const slot = this.#ready.take(now);
    if (this.#metrics !== undefined && !this.#closed) {
      this.#metrics.handedOut((now - (table.readyAt[slot] ?? now)) / 1000);
    }
    table.flags[slot] = flag.running;
    table.startedAt[slot] = now;
    this.#running.append(slot);
    const key = table.keyAt(slot);
    return { key, priority: table.priority[slot] ?? 0, retries: this.#rateLimiter.retries(key) };
  }

  /** Gives a key back after its run, so that it may run again. Does nothing for a key that is not running. */
  done(key: K): void {
    const table = this.#table;
    const slot = this.#findRunning(key);
    if (slot === noSlot) return;
    if (this.#metrics !== undefined && !this.#closed) {
      this.#metrics.finished((this.#clock.monotonicNow() - (table.startedAt[slot] ?? 0)) / 1000);
    }
    this.#running.remove(slot);
    const flags = this.#flags(slot) & ~flag.running;
    table.flags[slot] = flags & ~flag.dirty;
    if (flags & flag.dirty) this.#enqueue(slot);
    else if (flags === 0) table.release(slot);
    if (this.#isDrained()) this.#drains.serveAll();
  }

  /**
   * Takes no more keys and drops the delayed ones. Keys that are ready are still handed out, then every
   * {@link WorkQueue.get} resolves `undefined`. Ends the wait of {@link WorkQueue.drain}, too.
   */
  shutdown(): void {
    this.#close();
    this.#drains.serveAll();
  }

  /**
   * Shuts the queue down and waits until every key that was ready or running is done, including the second run of a
   * key that was added while it ran. It needs workers that go on until `get` resolves `undefined`.
   *
   * @throws the reason of `signal` when it aborts first; the queue stays shut down
   */
  drain({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#close();
    if (this.#isDrained()) return Promise.resolve();
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return this.#drains.wait(signal);
  }

  /** The same as {@link WorkQueue.drain}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.drain();
  }

  /** Reads depths, ages and running times, for metrics. */
  measure(): WorkQueueMeasurements {
    const table = this.#table;
    const now = this.#clock.monotonicNow();
    const byLabel = new Map<string, { depth: number; oldestAgeSeconds: number }>();
    for (const { priority, list } of this.#ready.levels()) {
      const label = this.#labels.labelOf(priority);
      const sum = byLabel.get(label) ?? { depth: 0, oldestAgeSeconds: 0 };
      const ageSeconds = list.size === 0 ? 0 : (now - (table.readyAt[list.head] ?? now)) / 1000;
      byLabel.set(label, {
        depth: sum.depth + list.size,
        oldestAgeSeconds: Math.max(sum.oldestAgeSeconds, ageSeconds),
      });
    }
    const priorities = this.#labels
      .all()
      .map((priority): PriorityMeasurement => ({ priority, depth: 0, oldestAgeSeconds: 0, ...byLabel.get(priority) }));
    let unfinishedMs = 0;
    for (const slot of this.#running) unfinishedMs += now - (table.startedAt[slot] ?? now);
    return {
      priorities,
      delayed: this.#delayed.size,
      running: this.#running.size,
      unfinishedWorkSeconds: unfinishedMs / 1000,
      longestRunningSeconds: (now - (table.startedAt[this.#running.head] ?? now)) / 1000,
    };
  }

  /**
   * Lists what the queue holds, for people.
   *
   * @param options - `limit`: how many keys of each state to list, 1000 unless given
   */
  inspect({ limit = 1000 }: { readonly limit?: number } = {}): WorkQueueSnapshot<K> {
    const { readyAt, startedAt, priority } = this.#table;
    const now = this.#clock.monotonicNow();
    const describe = (slot: number, since: Float64Array): SnapshotItem<K> => {
      const key = this.#table.keyAt(slot);
      return {
        key,
        priority: priority[slot] ?? 0,
        retries: this.#rateLimiter.retries(key),
        sinceMs: now - (since[slot] ?? now),
      };
    };
    const ready: SnapshotItem<K>[] = [];
    for (const { list } of this.#ready.levels()) {
      for (const slot of list) {
        if (ready.length >= limit) break;
        ready.push(describe(slot, readyAt));
      }
    }
    const delayed = Array.from(this.#delayed.values())
      .sort((a, b) => (readyAt[a] ?? 0) - (readyAt[b] ?? 0))
      .slice(0, limit)
      .map((slot) => describe(slot, readyAt));
    const running: SnapshotItem<K>[] = [];
    for (const slot of this.#running) {
      if (running.length >= limit) break;
      running.push({ ...describe(slot, startedAt), again: (this.#flags(slot) & flag.dirty) !== 0 });
    }
    return { ready, delayed, running, closed: this.#closed };
  }

  /** Looks among the few that run before it searches among all, which costs a cache miss or two. */
  #findRunning(key: K): number {
    let slot = this.#running.head;
    for (let looks = 0; slot !== noSlot && looks < maxLooks; looks++) {
      if (this.#table.keyAt(slot) === key) return slot;
      slot = this.#table.next[slot] ?? noSlot;
    }
    slot = this.#table.find(key);
    return slot !== noSlot && this.#flags(slot) & flag.running ? slot : noSlot;
  }

  #flags(slot: number): number {
    return this.#table.flags[slot] ?? 0;
  }

  /** Takes over the priority asked for where it is the first for the next run or a higher one. */
  #raise(slot: number, priority: number): void {
    const flags = this.#flags(slot);
    const isFirst = !(flags & (flag.ready | flag.dirty | flag.delayed));
    if (!isFirst && priority <= (this.#table.priority[slot] ?? 0)) return;
    if (flags & flag.ready) this.#ready.remove(slot);
    this.#table.priority[slot] = priority;
    if (flags & flag.ready) this.#ready.append(slot);
  }

  /** Lets a key run, or run again when its present run is done. */
  #makeReady(slot: number): void {
    if (!this.#closed) this.#metrics?.added();
    if (this.#flags(slot) & flag.running) this.#table.flags[slot] = this.#flags(slot) | flag.dirty;
    else this.#enqueue(slot);
  }

  #enqueue(slot: number): void {
    this.#table.flags[slot] = flag.ready;
    this.#ready.append(slot);
    this.#wakeWorkers();
  }

  /** Serves waiting workers once the present step is over, so that the highest of several keys added in it comes first. */
  #wakeWorkers(): void {
    if (this.#handingOut || this.#workers.size === 0) return;
    this.#handingOut = true;
    queueMicrotask(() => {
      this.#handingOut = false;
      while (this.#workers.size > 0 && this.#ready.size > 0) this.#workers.serveFirst(this.tryGet());
      if (this.#closed) this.#workers.serveAll(undefined);
    });
  }

  #isDrained(): boolean {
    return this.#closed && this.#ready.size === 0 && this.#running.size === 0;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const slot of [...this.#delayed.values()]) {
      this.#delayed.remove(slot);
      const flags = this.#flags(slot) & ~flag.delayed;
      this.#table.flags[slot] = flags;
      if (flags === 0) this.#table.release(slot);
    }
    this.#wakeWorkers();
  }
}
