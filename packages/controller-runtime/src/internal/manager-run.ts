import { asError, formatKey, messageOf, systemClock, type Clock, type ResourceClients } from '@ecsm/api-types';
import type { Tracer } from '@opentelemetry/api';
import type { Registry as MetricsRegistry } from 'prom-client';

import { RunAbortedError } from '../errors/run-aborted-error.js';
import { EventRecorder } from '../events/event-recorder.js';
import type { HealthChecks } from '../health/health-checks.js';
import type { StatusServers } from '../health/serve-status.js';
import type { Leadership } from '../leader-election/leader-lock.js';
import { consoleLogger, type Logger } from '../logger.js';
import type { ManagerOptions } from '../manager-options.js';
import { noMeter, type Meter } from '../metrics/meter.js';
import type { ControllerEnvironment } from './controller-environment.js';
import type { ControllerHandle } from './controller-handle.js';
import { abortGraceMs, ControllerProcess } from './controller-process.js';
import { deferred } from './deferred.js';
import { guardedLogger } from './guarded-logger.js';
import { InformerPool } from './informer-pool.js';
import { LoopMonitor } from './loop-monitor.js';
import { RunAttribution } from './run-attribution.js';
import { RunnableGroup, type RunnableEntry } from './runnable-group.js';
import { settlesWithin } from './settles-within.js';
import type { Tracing } from './traced.js';

/** What a manager brings to its run. */
export interface ManagerParts {
  /** Refuse to write once the lead is lost. */
  readonly clients: ResourceClients;
  readonly clock: Clock;
  readonly controllers: readonly ControllerHandle[];
  readonly runnables: readonly RunnableEntry[];
  readonly health: HealthChecks;
  readonly ready: HealthChecks;
  /** Aborts when everything is to stop. */
  readonly stopping: AbortSignal;
}

const defaultGracefulShutdownTimeoutMs = 30_000; // same as controller-runtime's

/** The one run of a manager: starts all in order, waits, and stops in reverse. */
export class ManagerRun {
  readonly #options: ManagerOptions;
  readonly #parts: ManagerParts;
  readonly #log: Logger;
  readonly #errors: unknown[] = [];
  /** Aborts when everything is to stop, be it asked for or because something failed. */
  readonly #ending = new AbortController();
  /** How to take back what was started, in the order it was started. */
  readonly #takeBack: (() => Promise<void> | void)[] = [];
  servers: StatusServers = {};
  readonly #begun = deferred();
  leadership: Leadership | undefined;
  isLeading = false;
  #lost = false;
  #stopBy = Infinity;

  constructor(options: ManagerOptions, parts: ManagerParts) {
    this.#options = options;
    this.#parts = parts;
    const { logger = consoleLogger(), redact } = options;
    this.#log = guardedLogger(logger, redact);
  }

  /** Resolves when all that does not need the lead has been begun; rejects when the start failed before. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** @throws the error of the part that failed, or an AggregateError of several */
  async run(): Promise<void> {
    const { stopping } = this.#parts;
    const onStop = (): void => {
      this.#ending.abort();
    };
    if (stopping.aborted) onStop();
    stopping.addEventListener('abort', onStop, { once: true });
    // What it waits for may hold no handle of the process, which would end in the middle without a word.
    const alive = systemClock.setTimer(() => undefined, Number.MAX_SAFE_INTEGER);
    try {
      await this.#start();
    } catch (error) {
      this.#begun.reject(error);
      this.#fail(error);
    }
    await this.#takeAllBack();
    alive.cancel();
    stopping.removeEventListener('abort', onStop);
    if (this.#errors.length === 1) throw this.#errors[0];
    if (this.#errors.length > 1) {
      throw new AggregateError(
        this.#errors,
        `the manager failed with ${this.#errors.length} errors: ${this.#errors.map(messageOf).join('; ')}`,
      );
    }
  }

  /** Starts everything in order, and resolves when it is time to stop. */
  async #start(): Promise<void> {
    // First to start, so last to stop.
    this.#takeBack.push(() => this.#releaseLead());
    const environment = await this.#environment();
    await this.#listen();
    const processes = this.#parts.controllers.map((handle) => {
      const process = new ControllerProcess(handle.definition, environment);
      handle.attach(process);
      return process;
    });
    const elects = this.#options.leaderElection !== undefined;
    const waits = (part: { readonly leaderElected: boolean }): boolean => elects && part.leaderElected;
    const free = this.#group(processes, (part) => !waits(part));
    const elected = this.#group(processes, waits);
    this.#addChecks(processes, environment.informers, waits);
    free();
    this.#begun.resolve();
    for (const process of processes) if (waits(process) && process.warmsUp) this.#follow(process.warmUp());
    if (!(await this.#lead(environment.meter))) return;
    elected();
    await aborted(this.#ending.signal);
  }

  /** Takes some of the controllers and runnables together; returns how to start them. */
  #group(
    processes: readonly ControllerProcess[],
    belongs: (part: { readonly leaderElected: boolean }) => boolean,
  ): () => void {
    const controllers = processes.filter(belongs);
    const runnables = new RunnableGroup(this.#parts.clock, (error) => {
      this.#fail(error);
    });
    this.#takeBack.push(async () => {
      const waitMs = this.#remainingMs();
      const reason = this.#lost ? 'lostLease' : 'shutdown';
      const [left] = await Promise.all([
        runnables.stop(waitMs, new RunAbortedError(reason, 'the manager stops')),
        ...controllers.map((controller) => controller.stop({ waitMs, reason })),
      ]);
      if (left.length > 0)
        this.#log.warn({ runnables: left }, 'some runnables did not end at the stop and are left behind');
    });
    return () => {
      runnables.start(this.#parts.runnables.filter(belongs), this.leadership);
      for (const controller of controllers) this.#follow(controller.start(this.leadership));
    };
  }

  /** Waits to lead; `false` when the stop came first. */
  async #lead(meter: Meter): Promise<boolean> {
    const lock = this.#options.leaderElection;
    const { signal } = this.#ending;
    if (lock !== undefined) {
      meter.leading(lock.name, false);
      this.#log.info({ lock: lock.name, identity: lock.identity }, 'waiting to lead');
      try {
        this.leadership = await lock.acquire({
          signal,
          onSlowRenewal: () => {
            meter.renewedSlowly(lock.name);
          },
        });
      } catch (error) {
        if (signal.aborted) return false;
        throw error;
      }
      const { lost, fencingToken } = this.leadership;
      const onLost = (): void => {
        this.#lost = true;
        this.isLeading = false;
        meter.leading(lock.name, false);
        this.#fail(lost.reason);
      };
      this.#takeBack.unshift(() => {
        lost.removeEventListener('abort', onLost);
        meter.leading(lock.name, false);
      });
      this.#log.info({ lock: lock.name, identity: lock.identity, fencingToken }, 'leading');
      meter.leading(lock.name, true);
      if (lost.aborted) onLost();
      lost.addEventListener('abort', onLost, { once: true });
    }
    this.isLeading = !this.#lost;
    return !signal.aborted;
  }

  async #releaseLead(): Promise<void> {
    this.isLeading = false;
    if (!this.#lost) await this.leadership?.release();
  }

  async #environment(): Promise<ControllerEnvironment> {
    const { clients, clock } = this.#parts;
    const { metrics, tracer, redact = same, onRun, handleUnhandledRejections = false } = this.#options;
    const { blockedLoopThresholdMs = 1000 } = this.#options;
    const log = this.#log;
    // prom-client costs memory: only programs that measure load it.
    const meter = metrics === undefined ? noMeter : await loadMeter(metrics);
    const informers = new InformerPool({ clients, clock, log, meter });
    meter.informers(() => informers.health());
    this.#takeBack.push(() => {
      meter.close();
    });
    const events = new EventRecorder({ clients, clock, log, redact });
    this.#takeBack.push(async () => {
      const waitMs = Math.max(this.#remainingMs(), abortGraceMs);
      if (await settlesWithin(clock, events.close(), waitMs)) return;
      log.warn({}, 'some events could not be written before the end and are left out');
    });
    return {
      clients,
      clock,
      log,
      meter,
      events,
      informers,
      tracing: tracer === undefined ? undefined : await loadTracing(tracer, redact),
      onRun,
      attribution: handleUnhandledRejections ? this.#attribution() : undefined,
      loopMonitor: blockedLoopThresholdMs === Infinity ? undefined : this.#loopMonitor(blockedLoopThresholdMs),
      onFatal: (error) => {
        this.#fail(error);
      },
    };
  }

  #attribution(): RunAttribution {
    const attribution = new RunAttribution((run, reason) => {
      const { controller, key, attempt } = run;
      this.#log.error(
        { controller, object: formatKey(key), attempt, err: asError(reason) },
        'a promise that a run started and forgot was rejected: await it, or catch its rejection',
      );
    });
    attribution.install();
    this.#takeBack.push(() => {
      attribution.uninstall();
    });
    return attribution;
  }

  #loopMonitor(thresholdMs: number): LoopMonitor {
    const monitor = new LoopMonitor(this.#parts.clock, thresholdMs, ({ blockedMs, suspects }) => {
      this.#log.warn(
        { blockedMs, suspects },
        'the event loop was blocked: one of these runs computed too long without a pause, or the process was suspended',
      );
    });
    this.#takeBack.push(() => {
      monitor.stop();
    });
    return monitor;
  }

  #addChecks(
    processes: readonly ControllerProcess[],
    informers: InformerPool,
    waits: (part: { readonly leaderElected: boolean }) => boolean,
  ): void {
    const { health, ready } = this.#parts;
    health.add('leader-election', () => this.leadership?.assertHeld());
    for (const process of processes) {
      ready.add(`controller/${process.name}`, () => {
        // One that waits for the lead is ready to take over.
        if (!process.isSynced && (this.isLeading || !waits(process))) throw new Error('its sources are not synced');
      });
    }
    ready.add('informers', () => {
      const failing = informers.health().filter((each) => each.health.failures > 0);
      if (failing.length === 0) return;
      throw new Error(failing.map((each) => `${each.kind}: ${each.health.lastError?.message ?? 'failing'}`).join('; '));
    });
  }

  async #listen(): Promise<void> {
    const { health, metricsServer } = this.#options;
    if (health === undefined && metricsServer === undefined) return;
    // The HTTP server costs memory: only programs that serve something load it.
    const { serveStatus } = await import('../health/serve-status.js');
    this.servers = await serveStatus(this.#options, this.#parts, (server) => {
      this.#takeBack.push(() => server[Symbol.asyncDispose]());
    });
  }

  /** Lets a part go on by itself; its failure ends everything. */
  #follow(part: Promise<void>): void {
    part.catch((error: unknown) => {
      this.#fail(error);
    });
  }

  #fail(error: unknown): void {
    // One failure may be reported by each part it hits.
    if (!this.#errors.includes(error)) this.#errors.push(error);
    this.#ending.abort();
  }

  async #takeAllBack(): Promise<void> {
    const { gracefulShutdownTimeoutMs = defaultGracefulShutdownTimeoutMs } = this.#options;
    this.#stopBy = this.#parts.clock.monotonicNow() + gracefulShutdownTimeoutMs;
    for (const takeBack of this.#takeBack.splice(0).reverse()) {
      try {
        await takeBack();
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #remainingMs(): number {
    return this.#lost ? 0 : Math.max(0, this.#stopBy - this.#parts.clock.monotonicNow());
  }
}

async function loadTracing(tracer: Tracer, redact: Tracing['redact']): Promise<Tracing> {
  const { SpanStatusCode } = await import('@opentelemetry/api');
  return { tracer, redact, failed: SpanStatusCode.ERROR };
}

function same(message: string): string {
  return message;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

async function loadMeter(registry: MetricsRegistry): Promise<Meter> {
  const { PrometheusMeter } = await import('../metrics/prometheus-meter.js');
  return new PrometheusMeter(registry);
}
