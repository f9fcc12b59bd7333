import { systemClock, type AbortableOptions, type Clock, type ResourceClients } from '@ecsm/api-types';

import type { Controller } from './controller.js';
import type { NewController } from './controller-builder.js';
import { HealthChecks, type HealthCheck, type HealthReport } from './health/health-checks.js';
import { ControllerStart } from './internal/builders.js';
import { checkManagerOptions, checkRunnable, checkRunOptions } from './internal/check-arguments.js';
import { ControllerHandle } from './internal/controller-handle.js';
import { GuardedClients } from './internal/guarded-clients.js';
import { guardedRedact } from './internal/guarded-redact.js';
import { ManagerRun } from './internal/manager-run.js';
import type { RunnableEntry } from './internal/runnable-group.js';
import type { ManagerOptions } from './manager-options.js';
import type { Runnable, RunnableOptions } from './runnable.js';

/**
 * Runs controllers and what belongs to them: informers, leader election, health and metrics.
 *
 * It starts, in this order: the servers for health and metrics, what does not need the lead, the sources of controllers
 * that warm up, and, once this process leads, the elected rest. It stops in reverse, and lets go of the lead last. When
 * one part fails all stop, and `run` rejects with every error there was.
 *
 * Managers share nothing: several may live in one process, with controllers of the same names.
 *
 * @example
 * ```ts
 * await using manager = new Manager({ clients: registry });
 * manager.controller().for(Database).reconcile(async (database, ctx) => {
 *   ctx.conditions.set('Ready', true, 'Provisioned');
 *   return done();
 * });
 * await manager.run({ signal });
 * ```
 */
export class Manager implements AsyncDisposable {
  /**
   * The clients given, for what runs beside the controllers. Once this process has led they refuse to write when it no
   * longer does.
   */
  readonly clients: ResourceClients;
  readonly clock: Clock;
  readonly #options: ManagerOptions;
  readonly #controllers = new Map<string, ControllerHandle>();
  /** Controllers whose description was begun and has no reconciler yet. */
  readonly #unfinished = new Set<ControllerStart>();
  readonly #runnables: RunnableEntry[] = [];
  readonly #health: HealthChecks;
  readonly #ready: HealthChecks;
  readonly #stopping = new AbortController();
  #run: ManagerRun | undefined;
  #ended: Promise<void> | undefined;

  /** @throws TypeError or RangeError when an option is missing or makes no sense */
  constructor(options: ManagerOptions) {
    checkManagerOptions(options);
    const { redact } = options;
    this.#options = redact === undefined ? options : { ...options, redact: guardedRedact(redact) };
    this.clock = options.clock ?? systemClock;
    this.#health = new HealthChecks(this.#options.redact);
    this.#ready = new HealthChecks(this.#options.redact);
    this.clients = new GuardedClients(options.clients, {
      beforeRead: () => undefined,
      beforeWrite: () => this.#run?.leadership?.assertHeld(),
    });
  }

  /** The controllers, by name. */
  get controllers(): ReadonlyMap<string, Controller> {
    return this.#controllers;
  }

  /** Whether this process leads; without leader election whether it runs. */
  get isLeader(): boolean {
    return this.#run?.isLeading ?? false;
  }

  /** Where `/healthz` and `/readyz` are served, e.g. `http://127.0.0.1:8081`, while they are. */
  get healthUrl(): string | undefined {
    return this.#run?.servers.health?.url;
  }

  /** Where `/metrics` is served, while it is. */
  get metricsUrl(): string | undefined {
    return this.#run?.servers.metrics?.url;
  }

  /**
   * Begins the description of a controller.
   *
   * @param name - unique in this manager; the kind's singular unless given
   */
  controller(name?: string): NewController {
    const start = new ControllerStart(name, (definition) => {
      this.#assertNotBegun(`controller "${definition.name}"`);
      if (this.#controllers.has(definition.name)) {
        throw new TypeError(`a controller named "${definition.name}" is there already: give this one another name`);
      }
      const handle = new ControllerHandle(definition);
      this.#controllers.set(definition.name, handle);
      this.#unfinished.delete(start);
      return handle;
    });
    this.#unfinished.add(start);
    return start;
  }

  /**
   * Adds something that runs beside the controllers.
   *
   * @throws TypeError after `run` or `stop`, or when it cannot be called
   */
  add(runnable: Runnable, options: RunnableOptions = {}): void {
    checkRunnable(runnable, options);
    const name = options.name ?? (runnable.name === '' ? 'runnable' : runnable.name);
    this.#assertNotBegun(name);
    this.#runnables.push({ name, runnable, leaderElected: options.leaderElected ?? true });
  }

  /** Adds a check to `/healthz`: is the process well, or should it be restarted? */
  addHealthCheck(name: string, check: HealthCheck): void {
    this.#health.add(name, check);
  }

  /** Adds a check to `/readyz`: can it do its work now? */
  addReadyCheck(name: string, check: HealthCheck): void {
    this.#ready.add(name, check);
  }

  /** Does the health checks. */
  health(): Promise<HealthReport> {
    return this.#health.run();
  }

  /** Does the ready checks: those added, and one for each controller that should be synced. */
  ready(): Promise<HealthReport> {
    return this.#ready.run();
  }

  /**
   * Runs everything until the signal aborts or {@link Manager.stop} is called, and resolves when all has ended.
   *
   * @throws the error of the part that failed, or an AggregateError of several; TypeError when it was run before, or a
   * controller has no reconciler
   */
  async run(options: AbortableOptions = {}): Promise<void> {
    checkRunOptions(options);
    if (this.#ended !== undefined || this.#stopping.signal.aborted) {
      throw new TypeError('a manager runs once: make a new one');
    }
    const [unfinished] = this.#unfinished;
    if (unfinished !== undefined) throw unfinished.unfinished();
    const { signal } = options;
    const onAbort = (): void => {
      this.#stopping.abort();
    };
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#run = new ManagerRun(this.#options, {
      clients: this.clients,
      clock: this.clock,
      controllers: [...this.#controllers.values()],
      runnables: this.#runnables,
      health: this.#health,
      ready: this.#ready,
      stopping: this.#stopping.signal,
    });
    this.#ended = this.#run.run().finally(() => {
      signal?.removeEventListener('abort', onAbort);
      this.#stopping.abort();
    });
    return this.#ended;
  }

  /**
   * Resolves when everything that does not need the lead has been begun and the servers listen.
   *
   * @throws the error that kept the start from getting so far; TypeError before `run`
   */
  started(): Promise<void> {
    return this.#run?.begun ?? Promise.reject(new TypeError('the manager does not run'));
  }

  /** Stops everything and waits for it; `run` says whether something failed. Does no harm before `run` or twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended?.catch(() => undefined);
  }

  /** The same as {@link Manager.stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #assertNotBegun(what: string): void {
    if (this.#ended === undefined && !this.#stopping.signal.aborted) return;
    throw new TypeError(`${what} comes too late: add everything before the manager runs`);
  }
}
