import { asError, formatKey, parseKey, sharedAbortController, type ObjectKey, type Timer } from '@ecsm/api-types';
import { WorkQueue, type RateLimiter, type WorkItem, type WorkQueueSnapshot } from '@ecsm/workqueue';

import type { Controller } from '../controller.js';
import { CacheSyncTimeoutError } from '../errors/cache-sync-timeout-error.js';
import { isRetryAfterError } from '../errors/retry-after-error.js';
import type { AbortReason } from '../errors/run-aborted-error.js';
import { isTerminalError } from '../errors/terminal-error.js';
import type { Leadership } from '../leader-election/leader-lock.js';
import type { Logger } from '../logger.js';
import type { ControllerMeter, RunResult } from '../metrics/meter.js';
import type { Outcome } from '../outcome.js';
import { isPanic } from '../run/is-panic.js';
import { Run, type RunEnvironment } from '../run/run.js';
import type { RunRecord } from '../run/run-record.js';
import type { Runner } from '../run/runner.js';
import type { Source } from '../sources/source.js';
import { asTrigger, type Cause, type Trigger } from '../sources/trigger.js';
import type { ControllerDefinition } from './controller-definition.js';
import type { ControllerEnvironment } from './controller-environment.js';
import { Failures } from './failures.js';
import { makeRateLimiter } from './make-rate-limiter.js';
import { PendingCauses } from './pending-causes.js';
import { settlesWithin } from './settles-within.js';
import { traced } from './traced.js';
import { WorkerCrew } from './worker-crew.js';

const defaultConcurrency = 4;
const defaultTimeoutMs = 300_000;
const defaultCacheSyncTimeoutMs = 120_000; // same as controller-runtime's
const defaultResyncPeriodMs = 600_000;

/** How long a run that was told to end is waited for before its worker, or the whole stop, goes on without it. */
export const abortGraceMs = 1000;

/** How a controller is to stop. */
export interface StopOptions {
  /** How long runs in flight may go on undisturbed, in milliseconds. */
  readonly waitMs: number;
  readonly reason: 'shutdown' | 'lostLease';
}

/**
 * A controller at work: sources fill the queue, workers take keys from it, and what a run ends with decides what becomes
 * of its key.
 *
 * No run begins before all sources have told what exists, and never do two runs of one key overlap.
 */
export class ControllerProcess implements Controller {
  readonly name: string;
  readonly #definition: ControllerDefinition;
  readonly #environment: ControllerEnvironment;
  readonly #log: Logger;
  readonly #meter: ControllerMeter;
  readonly #runner: Runner;
  readonly #limiter: RateLimiter;
  readonly #queue: WorkQueue;
  readonly #causes = new PendingCauses();
  readonly #failures = new Failures();
  /** Runs under way, each with how to wait for it no longer. */
  readonly #active = new Map<Run, () => void>();
  readonly #workers: WorkerCrew;
  readonly #stopping = sharedAbortController();
  #sources: readonly Source[];
  #syncing: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #runEnvironment: RunEnvironment;
  #isSynced = false;

  constructor(definition: ControllerDefinition, environment: ControllerEnvironment) {
    const { name, options } = definition;
    const { clock, clients, events } = environment;
    this.name = name;
    this.#definition = definition;
    this.#environment = environment;
    this.#log = environment.log.child({ controller: name });
    this.#runEnvironment = { controller: name, clock, clients, log: this.#log };
    this.#runner = definition.makeRunner({ clients, events });
    this.#limiter = makeRateLimiter(options.backoff, clock, this.#log);
    const metrics = environment.meter.queue(name, () => this.#queue.measure());
    this.#queue = new WorkQueue({
      clock,
      rateLimiter: this.#limiter,
      ...(metrics === undefined ? {} : { metrics }),
      ...(options.ageingMs === undefined ? {} : { ageingMs: options.ageingMs }),
    });
    const { concurrency = defaultConcurrency } = options;
    this.#meter = environment.meter.controller(name, concurrency);
    this.#workers = new WorkerCrew(this.#queue, concurrency, (item) => this.#take(item));
    this.#sources = definition.sources.map((make) =>
      make({
        controller: name,
        clients,
        clock,
        informers: environment.informers,
        log: this.#log,
        resyncPeriodMs: options.resyncPeriodMs ?? defaultResyncPeriodMs,
        timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
        enqueue: (key, cause, wishes) => {
          this.#enqueue(key, cause, wishes);
        },
      }),
    );
  }

  get leaderElected(): boolean {
    return this.#definition.options.leaderElected ?? true;
  }

  get warmsUp(): boolean {
    return this.#definition.options.warmup ?? false;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  trigger(trigger: ObjectKey | Trigger): void {
    const { key, reason, ...wishes } = asTrigger(trigger);
    const cause: Cause = { source: 'program', type: 'trigger', ...(reason === undefined ? {} : { reason }) };
    this.#enqueue(key, cause, wishes);
  }

  inspect(options?: { readonly limit?: number }): WorkQueueSnapshot<string> {
    return this.#queue.inspect(options);
  }

  setConcurrency(concurrency: number): void {
    this.#meter.resized(concurrency);
    this.#workers.resize(concurrency);
  }

  /**
   * Follows the sources, without running anything yet.
   *
   * @throws CacheSyncTimeoutError naming the sources that took too long
   */
  warmUp(): Promise<void> {
    this.#syncing ??= this.#sync();
    return this.#syncing;
  }

  /** Follows the sources and, once they are synced, runs keys. Resolves then, or when the stop came first. */
  async start(leadership?: Leadership): Promise<void> {
    this.#runEnvironment = { ...this.#runEnvironment, leadership };
    await this.warmUp();
    if (this.#stopping.signal.aborted) return;
    this.#workers.start();
  }

  /** Ends sources, queue and runs; the first call says how. Never rejects. */
  stop(options: StopOptions): Promise<void> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  async #sync(): Promise<void> {
    const { clock } = this.#environment;
    const { signal } = this.#stopping;
    const { cacheSyncTimeoutMs: timeoutMs = defaultCacheSyncTimeoutMs } = this.#definition.options;
    const missing = new Set(this.#sources);
    const synced = Promise.all(
      this.#sources.map(async (source) => {
        await source.start(signal);
        missing.delete(source);
      }),
    );
    try {
      if (!(await settlesWithin(clock, synced, timeoutMs))) {
        const sources = [...missing].map((source) => source.name);
        throw new CacheSyncTimeoutError({ controller: this.name, sources, timeoutMs });
      }
      await synced;
    } catch (error) {
      // Being told to stop while syncing is no failure.
      if (signal.aborted) return;
      throw error;
    }
    // A stop may have come with the last of them.
    this.#isSynced = !signal.aborted;
  }

  #enqueue(key: ObjectKey, cause: Cause, wishes?: { readonly priority?: number; readonly afterMs?: number }): void {
    if (this.#queue.closed) return;
    const name = formatKey(key);
    this.#queue.add(name, wishes);
    this.#causes.add(name, cause);
  }

  async #take(item: WorkItem): Promise<void> {
    // Whatever still waits at the stop is announced again at the next start.
    if (this.#stopping.signal.aborted) this.#queue.done(item.key);
    else await this.#process(item);
  }

  /** Resolves when the run has ended, or when it is left behind because it does not end after its timeout. */
  #process(item: WorkItem): Promise<void> {
    const { clock, loopMonitor } = this.#environment;
    const { timeoutMs = defaultTimeoutMs } = this.#definition.options;
    const failures = this.#failures.get(item.key);
    const run = new Run(this.#runEnvironment, {
      key: parseKey(item.key),
      attempt: (failures?.count ?? 0) + 1,
      firstFailureAt: failures?.firstAt,
      causes: this.#causes.take(item.key),
    });
    loopMonitor?.begin(run, `${this.name} "${item.key}"`);
    return new Promise((release) => {
      let timer: Timer | undefined;
      const letGo = (): void => {
        timer?.cancel();
        release();
      };
      this.#active.set(run, letGo);
      if (timeoutMs > 0) {
        timer = clock.setTimer(() => {
          this.#meter.timedOut();
          run.abort('timeout', `the run took longer than ${timeoutMs} ms`);
          timer = clock.setTimer(() => {
            run.log.error(
              { timeoutMs },
              'a run did not end after its timeout and is left behind; its key waits for it',
            );
            letGo();
          }, abortGraceMs);
        }, timeoutMs);
      }
      void this.#execute(run, item)
        .catch((error: unknown) => {
          this.#environment.onFatal(error);
        })
        .finally(() => {
          this.#active.delete(run);
          loopMonitor?.end(run);
          this.#queue.done(item.key);
          letGo();
        });
    });
  }

  /** Does the run and what follows from it. */
  async #execute(run: Run, item: WorkItem): Promise<void> {
    const { clock, tracing, attribution, onRun } = this.#environment;
    const startedAt = clock.monotonicNow();
    this.#meter.runStarted();
    let result: RunResult;
    let ending: Pick<RunRecord, 'outcome' | 'error'>;
    try {
      const attempt = (): Promise<Outcome> => traced(tracing, run, () => this.#runner.run(run));
      const outcome = await (attribution === undefined ? attempt() : attribution.within(run, attempt));
      ending = { outcome };
      result = this.#follow(item, outcome);
    } catch (error) {
      ending = { error };
      result = 'error';
      await this.#fail(run, item, error);
    }
    const durationMs = clock.monotonicNow() - startedAt;
    this.#meter.runEnded(result, durationMs / 1000, run.attempt);
    const { controller, key, attempt, causes } = run;
    try {
      onRun?.({ controller, key, attempt, causes, startedAt: clock.now() - durationMs, durationMs, ...ending });
    } catch (error) {
      run.log.error({ err: error }, 'onRun failed on a run');
    }
  }

  #follow({ key, priority }: WorkItem, outcome: Outcome): RunResult {
    this.#failures.clear(key);
    switch (outcome.type) {
      case 'done':
        this.#queue.forget(key);
        return 'success';
      case 'requeue':
        this.#queue.addRateLimited(key, { priority: outcome.priority ?? priority });
        this.#again(key, 'requeue');
        return 'requeue';
      case 'requeueAfter':
        this.#queue.forget(key);
        this.#queue.add(key, { priority: outcome.priority ?? priority, afterMs: outcome.afterMs });
        this.#again(key, 'requeue');
        return 'requeue_after';
      default:
        return outcome satisfies never;
    }
  }

  async #fail(run: Run, { key, priority }: WorkItem, error: unknown): Promise<void> {
    const { clock } = this.#environment;
    const { maxAttempts = Infinity, recoverPanics = true } = this.#definition.options;
    if (run.abortReason === 'shutdown' || run.abortReason === 'lostLease') {
      run.log.info({ reason: run.abortReason }, 'a run was ended');
      return;
    }
    const panicked = isPanic(error);
    if (panicked) this.#meter.panicked();
    const err = asError(error);
    if (panicked && !recoverPanics) {
      run.log.error({ err }, 'a run failed with a programming error and ends the program');
      this.#environment.onFatal(error);
      return;
    }
    if (isTerminalError(error)) {
      this.#meter.terminal();
      run.log.error({ err }, 'a run failed for good; the next change runs the key again');
      return;
    }
    // A failure before the next retry is due came from an event in between. It counts for nothing, or a busy source
    // would drive the delay of a failing key to its limit.
    const series = this.#failures.get(key);
    const early = (series?.retryAt ?? -Infinity) > clock.monotonicNow();
    const attempts = series !== undefined && early ? series.count : this.#failures.add(key, clock.now());
    if (attempts >= maxAttempts) {
      run.log.error({ err }, 'a run failed once too often and its key is given up; the next change runs it again');
      await this.#giveUp(run, key, error);
    } else {
      const delayMs = early ? this.#retryAsPlanned(key, priority) : this.#retry(key, priority, error);
      run.log.error({ err, delayMs: Math.round(delayMs) }, 'a run failed and is tried again');
    }
  }

  /** Plans the next attempt of a key and returns the delay in milliseconds. */
  #retry(key: string, priority: number, error: unknown): number {
    this.#again(key, 'retry');
    let delayMs: number;
    if (isRetryAfterError(error)) {
      // It counts as every failure does, and only the delay is its own.
      this.#limiter.when(key);
      delayMs = error.afterMs;
      this.#queue.add(key, { priority, afterMs: delayMs });
    } else {
      delayMs = this.#queue.addRateLimited(key, { priority });
    }
    this.#failures.plan(key, this.#environment.clock.monotonicNow() + delayMs);
    return delayMs;
  }

  #retryAsPlanned(key: string, priority: number): number {
    const delayMs = (this.#failures.get(key)?.retryAt ?? 0) - this.#environment.clock.monotonicNow();
    this.#again(key, 'retry');
    this.#queue.add(key, { priority, afterMs: delayMs });
    return delayMs;
  }

  async #giveUp(run: Run, key: string, error: unknown): Promise<void> {
    this.#meter.gaveUp();
    this.#failures.clear(key);
    this.#queue.forget(key);
    try {
      await this.#runner.giveUp(error, run);
    } catch (failure) {
      run.log.error({ err: asError(failure) }, 'giveUp itself failed');
    }
  }

  #again(key: string, type: 'retry' | 'requeue'): void {
    if (!this.#queue.closed) this.#causes.add(key, { source: this.name, type });
  }

  async #stop({ waitMs, reason }: StopOptions): Promise<void> {
    const { clock } = this.#environment;
    this.#stopping.abort();
    this.#queue.shutdown();
    this.#isSynced = false;
    if (reason === 'lostLease') this.#abortRuns(reason, 'this process no longer leads');
    const sources = Promise.allSettled(this.#sources.map((source) => source.stop()));
    this.#sources = [];
    const wait = reason === 'lostLease' ? 0 : waitMs;
    const ended = this.#workers.ended();
    if (wait === 0 || !(await settlesWithin(clock, ended, wait))) {
      this.#abortRuns('shutdown', 'the manager stops');
      if (wait > 0) await settlesWithin(clock, ended, abortGraceMs);
    }
    // A source may hang in a call that ignores its signal.
    if (wait > 0) await settlesWithin(clock, sources, abortGraceMs);
    for (const [run, letGo] of this.#active) {
      run.log.error({}, 'a run did not end at the stop and is left behind');
      letGo();
    }
    this.#causes.clear();
  }

  #abortRuns(reason: AbortReason, message: string): void {
    for (const run of this.#active.keys()) run.abort(reason, message);
  }
}
