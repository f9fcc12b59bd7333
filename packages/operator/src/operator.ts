import { ECSMService, systemClock, type AbortableOptions, type ObjectKey } from '@ecsm/api-types';
import { Manager, silentLogger, type Controller, type HealthReport } from '@ecsm/controller-runtime';

import { addAutoscaling } from './autoscale/add-autoscaling.js';
import { CapacityKeeper } from './capacity/capacity-keeper.js';
import { KeyStream } from './internal/key-stream.js';
import type { OperatorOptions } from './operator-options.js';
import type { DetailPace } from './platform/detail-rotation.js';
import { NodeWatch } from './platform/node-watch.js';
import type { Observation, Reachability } from './platform/observation.js';
import { PlatformObserver, type PollIntervals } from './platform/platform-observer.js';
import { PlatformHabits } from './platform/platform-habits.js';
import { ActionExecutor } from './service/action-executor.js';
import { Dependencies } from './service/dependencies.js';
import { ImageCatalog } from './service/image-catalog.js';
import { Leftovers } from './service/leftovers.js';
import { RevisionKeeper } from './service/revision-keeper.js';
import { ServiceReconciler } from './service/service-reconciler.js';
import { Settledness } from './settledness.js';

/** Finalizer that keeps an object until its platform services are gone. */
export const serviceFinalizer = 'ecsm.sh/platform-service';

/**
 * Drives an ECSM platform towards the ECSMService objects of a registry.
 *
 * - Watches the registry, also for writes of other processes, and the platform with one shared poll.
 * - Holds no truth of its own: killed at any moment and started again, it goes on from registry and platform.
 * - Touches no platform service that does not carry the mark of its object.
 *
 * @example
 * ```ts
 * await using operator = await Operator.start({ registry, clientset });
 * await registry.resource(ECSMService).apply(manifest);
 * await operator.settled({ signal });
 * ```
 */
export class Operator implements AsyncDisposable {
  readonly #manager: Manager;
  readonly #observer: PlatformObserver;
  readonly #capacity: CapacityKeeper;
  readonly #nodes: NodeWatch;
  readonly #leftovers: Leftovers;
  readonly #keys = new KeyStream();
  readonly #settledness: Settledness;
  readonly #ended: Promise<void>;

  private constructor(options: OperatorOptions) {
    const { registry, clientset, operatorId = 'default' } = options;
    const clock = options.clock ?? systemClock;
    const log = options.logger ?? silentLogger;
    this.#settledness = new Settledness(registry);
    this.#manager = new Manager({
      clients: registry,
      clock,
      logger: log,
      ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
      ...(options.metricsServer === undefined ? {} : { metricsServer: options.metricsServer }),
      ...(options.health === undefined ? {} : { health: options.health }),
      ...(options.leaderElection === undefined ? {} : { leaderElection: options.leaderElection }),
      ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
      ...(options.onRun === undefined ? {} : { onRun: options.onRun }),
      handleUnhandledRejections: options.handleUnhandledRejections ?? false,
      ...(options.gracefulShutdownTimeoutMs === undefined
        ? {}
        : { gracefulShutdownTimeoutMs: options.gracefulShutdownTimeoutMs }),
    });
    const wake = (key: ObjectKey, reason: string): void => this.#keys.push(key, reason);
    this.#observer = new PlatformObserver({
      clientset,
      clock,
      log: log.child({ part: 'observer' }),
      ...(options.pollIntervalMs === undefined ? {} : { restIntervalMs: options.pollIntervalMs }),
      ...(options.movingPollIntervalMs === undefined ? {} : { movingIntervalMs: options.movingPollIntervalMs }),
      ...(options.rotationMs === undefined ? {} : { rotationMs: options.rotationMs }),
      ...(options.detailsPerMinute === undefined ? {} : { detailsPerMinute: options.detailsPerMinute }),
      onPoll: (record) => {
        this.#capacity.polled();
        if (record.error === undefined) this.#nodes.polled();
        options.onPoll?.(record);
      },
      onChange: wake,
      onReachability: (state) => this.#reachabilityChanged(state),
      onUnclaimed: (service) => this.#leftovers.note(service),
    });
    const habits = new PlatformHabits(clientset);
    const images = new ImageCatalog(clientset, clock);
    const { clients } = this.#manager;
    this.#nodes = new NodeWatch({
      clientset,
      clients,
      clock,
      log: log.child({ part: 'nodes' }),
      roundMs: () => this.#observer.roundMs,
    });
    this.#leftovers = new Leftovers({ clients, clock, log: log.child({ part: 'leftovers' }), operatorId });
    this.#capacity = new CapacityKeeper({
      clients,
      clientset,
      observer: this.#observer,
      images,
      operatorId,
      clock,
      log: log.child({ part: 'capacity' }),
      wake,
    });
    const reconciler = new ServiceReconciler({
      observer: this.#observer,
      executor: new ActionExecutor({
        clientset,
        observer: this.#observer,
        images,
        habits,
        operatorId,
      }),
      habits,
      capacity: this.#capacity,
      dependencies: new Dependencies(clients, wake),
      revisions: new RevisionKeeper(clients),
      clock,
      operatorId,
      onStatus: (isWorse) => this.#nodes.statusChanged(isWorse),
      onConcluded: (key, unsettled, generation) => this.#settledness.note(key, unsettled, generation),
      ...(options.onAction === undefined ? {} : { onAction: options.onAction }),
      ...(options.onDrift === undefined ? {} : { onDrift: options.onDrift }),
    });
    this.#manager
      .controller('ecsmservice')
      .for(ECSMService, { changed: ['spec', 'annotations', 'finalizers'] })
      .trigger((stream) => this.#keys.read(stream), { name: 'platform' })
      .options({ finalizer: serviceFinalizer, concurrency: options.concurrency ?? 4 })
      .reconcile(reconciler);
    addAutoscaling(this.#manager, {
      clientset,
      observer: this.#observer,
      operatorId,
      clock,
      log: log.child({ part: 'autoscaling' }),
      ...(options.autoscalePeriodMs === undefined ? {} : { periodMs: options.autoscalePeriodMs }),
      ...(options.metricSources === undefined ? {} : { sources: options.metricSources }),
    });
    this.#manager.add(async ({ signal }) => this.#observe(signal), { name: 'platform observer' });
    this.#manager.addReadyCheck('platform', () => {
      // One that waits for the lead looks at nothing, and is ready to take over.
      if (options.leaderElection !== undefined && !this.#manager.isLeader) return;
      const { reachability } = this.#observer;
      if (reachability.state === 'unknown') throw new Error('not asked yet');
      if (reachability.state === 'unreachable') {
        throw new Error(`the platform does not answer: ${reachability.message}`);
      }
    });
    for (const [name, check] of Object.entries(options.readyChecks ?? {})) this.#manager.addReadyCheck(name, check);
    this.#ended = this.#manager.run();
    // Whoever asks for `ended` gets the error; nobody asking must not end the process.
    this.#ended.catch(() => undefined);
  }

  /** Starts to work at once; errors of parts that fail later end {@link Operator.ended}. */
  static start(options: OperatorOptions): Promise<Operator> {
    return Promise.resolve(new Operator(options));
  }

  /** Resolves when the operator was stopped; rejects when a part of it failed, which stops the rest. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Whether the platform answers. */
  get reachability(): Reachability {
    return this.#observer.reachability;
  }

  /** Complete looks at the platform so far. */
  get polls(): number {
    return this.#observer.polls;
  }

  /** What is known of the platform, in figures. */
  get observation(): Observation {
    return this.#observer.observation;
  }

  /** Whether this process leads; without leader election whether it runs. */
  get isLeader(): boolean {
    return this.#manager.isLeader;
  }

  /** The controllers by name, for a look into their queues. */
  get controllers(): ReadonlyMap<string, Controller> {
    return this.#manager.controllers;
  }

  /** Is the process well, or should it be restarted? */
  health(): Promise<HealthReport> {
    return this.#manager.health();
  }

  /** Can it do its work now? */
  ready(): Promise<HealthReport> {
    return this.#manager.ready();
  }

  /** Changes how often the platform is looked at, from now on. */
  setPollIntervals(intervals: PollIntervals): void {
    this.#observer.setIntervals(intervals);
  }

  /** Changes how many closer looks there are at services of which nothing is said to have changed, from now on. */
  setDetailPace(pace: DetailPace): void {
    this.#observer.setDetailPace(pace);
  }

  /** Changes how many services are worked on at the same time, from now on. */
  setConcurrency(concurrency: number): void {
    this.#manager.controllers.get('ecsmservice')?.setConcurrency(concurrency);
  }

  /** The objects that are not yet as they should be, with the reason in words; empty when all is done. */
  async unsettled(): Promise<ReadonlyMap<string, string>> {
    if (!this.#manager.isLeader) return new Map([['registry', 'another operator works on it']]);
    if (this.#observer.hasSynced) return this.#settledness.unsettled();
    const { reachability } = this.#observer;
    const why = reachability.state === 'unreachable' ? reachability.message : 'it has not been asked yet';
    return new Map([['platform', why]]);
  }

  /**
   * Waits until every object is Available at its newest generation and every deletion is finished.
   *
   * @throws the signal's reason when it aborts first
   */
  settled({ signal }: AbortableOptions = {}): Promise<void> {
    return this.#settledness.wait(() => this.#observer.hasSynced, signal);
  }

  /** Stops: takes no new work, lets what is under way end, and touches nothing on the platform. May be called again. */
  async stop(): Promise<void> {
    await this.#manager.stop();
    this.#keys.end();
  }

  /** The same as `stop`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #observe(signal: AbortSignal): Promise<void> {
    this.#observer.start();
    if (!signal.aborted) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    await this.#observer.stop();
    await Promise.all([this.#capacity.stop(), this.#nodes.stop(), this.#leftovers.stop()]);
  }

  /** At the first answer and after an outage everything is looked at; in a long one everything is told. */
  #reachabilityChanged(state: Reachability): void {
    this.#settledness.poke();
    if (state.state === 'unreachable' && !state.long && this.#observer.hasSynced) return;
    const reason = state.state === 'reachable' ? 'the platform answers' : 'the platform does not answer';
    for (const key of this.#observer.keys) this.#keys.push(key, reason, { priority: -10 });
  }
}
