import { ECSMService, Event, type ECSMServiceSpec, type ResourceClient, type Stored } from '@ecsm/api-types';
import { ManualClock } from '@ecsm/api-types/testing';
import { createClientset } from '@ecsm/ecsm-client';
import { Simulator, type ClusterEvent, type SimulatorOptions } from '@ecsm/ecsm-simulator';
import type { Action } from '@ecsm/planner';
import { MemoryStore, Registry } from '@ecsm/registry';

import { Operator, type OperatorOptions } from '../../src/index.js';
import { CountingClientset } from './counting-clientset.js';

/** The nodes with SylixOS in the default cluster. */
export const sylixosNodes = ['worker-1', 'worker-2', 'worker-3'] as const;

/** A Dynamic service in few words. */
export function dynamic(
  replicas: number,
  image = 'web@1.0.0#sylixos',
  more: Partial<ECSMServiceSpec> = {},
): ECSMServiceSpec {
  const { template, ...rest } = more;
  return {
    deploymentStrategy: { type: 'Dynamic', replicas, nodePool: sylixosNodes },
    template: { image, ...template },
    ...rest,
  };
}

/** A Static service in few words. */
export function onNodes(
  nodes: readonly string[],
  image = 'telemetry@1.0.0#sylixos',
  more: Partial<ECSMServiceSpec> = {},
): ECSMServiceSpec {
  const { template, ...rest } = more;
  return { deploymentStrategy: { type: 'Static', nodes }, template: { image, ...template }, ...rest };
}

/** Options of {@link World.start}. */
export interface WorldOptions {
  readonly simulator?: Omit<SimulatorOptions, 'clock'>;
  readonly operator?: Partial<OperatorOptions>;
  /** Whether the operator is started at once. @defaultValue `true` */
  readonly started?: boolean;
}

/** Registry, simulated platform and operator in one process on a clock of their own; only HTTP is real. */
export class World implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly registry: Registry;
  readonly simulator: Simulator;
  readonly calls: CountingClientset;
  readonly services: ResourceClient<ECSMService>;
  readonly happened: string[] = [];
  readonly actions: Action[] = [];
  /** Called after everything that happens in the cluster. */
  onEvent: (event: ClusterEvent) => void = () => undefined;
  readonly #options: WorldOptions;
  #operator: Operator | undefined;

  private constructor(options: WorldOptions, clock: ManualClock, simulator: Simulator) {
    this.#options = options;
    this.clock = clock;
    this.simulator = simulator;
    this.registry = new Registry({ store: new MemoryStore({ clock }), clock });
    this.calls = new CountingClientset(createClientset({ baseUrl: simulator.url, clock, keepAliveMs: 60_000 }));
    this.services = this.registry.resource(ECSMService).namespace('default');
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const clock = new ManualClock();
    let hear: (event: ClusterEvent) => void = () => undefined;
    const simulator = await Simulator.start({ ...options.simulator, clock, onEvent: (event) => hear(event) });
    const world = new World(options, clock, simulator);
    hear = (event) => {
      world.happened.push(event.message);
      world.onEvent(event);
    };
    if (options.started !== false) await world.startOperator();
    return world;
  }

  get operator(): Operator {
    if (this.#operator === undefined) throw new Error('no operator has been started');
    return this.#operator;
  }

  get cluster(): Simulator['cluster'] {
    return this.simulator.cluster;
  }

  async startOperator(more: Partial<OperatorOptions> = {}): Promise<void> {
    this.#operator = await Operator.start({
      registry: this.registry,
      clientset: this.calls.clientset,
      clock: this.clock,
      pollIntervalMs: 10_000,
      movingPollIntervalMs: 1000,
      gracefulShutdownTimeoutMs: 0,
      onAction: (_key, action) => this.actions.push(action),
      ...this.#options.operator,
      ...more,
    });
    await this.idle();
  }

  /** Ends the operator without letting it finish anything, as far as one process can. */
  async killOperator(): Promise<void> {
    const dying = this.#operator?.stop();
    this.#operator = undefined;
    await this.idle();
    await dying;
  }

  async apply(
    name: string,
    spec: ECSMServiceSpec,
    annotations: Record<string, string> = {},
  ): Promise<Stored<ECSMService>> {
    const { object } = await this.services.apply(
      { apiVersion: 'ecsm.sh/v1', kind: 'ECSMService', metadata: { name, annotations }, spec },
      { force: true },
    );
    return object;
  }

  /** Lets requests and promise chains under way come to their end; time stands still. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 12; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.calls.pending > 0) quiet = 0;
    }
  }

  /** Lets time pass, a little at a time. */
  async pass(ms: number, stepMs = 250): Promise<void> {
    await this.idle();
    for (let left = ms; left > 0; left -= stepMs) {
      await this.clock.advance(Math.min(stepMs, left));
      await this.idle();
    }
  }

  /** Lets time pass until something holds. */
  async until(what: string, holds: () => boolean | Promise<boolean>, maxMs = 120_000, stepMs = 250): Promise<void> {
    await this.idle();
    for (let passed = 0; passed <= maxMs; passed += stepMs) {
      if (await holds()) return;
      await this.pass(stepMs, stepMs);
    }
    const unsettled = this.#operator === undefined ? [] : [...(await this.operator.unsettled())];
    throw new Error(
      `waited in vain until ${what}: ${JSON.stringify(unsettled)}\n${this.actions
        .slice(-6)
        .map(({ type, reason }) => `${type}: ${reason}`)
        .join('\n')}\n${this.happened.slice(-15).join('\n')}`,
    );
  }

  /** Lets time pass until everything is as it should be; returns how much passed. */
  async settle(maxMs = 120_000): Promise<number> {
    const from = this.clock.now();
    await this.until('everything is settled', async () => (await this.operator.unsettled()).size === 0, maxMs);
    return this.clock.now() - from;
  }

  async get(name: string): Promise<Stored<ECSMService>> {
    return this.services.get(name);
  }

  /** Names of the platform services of an object. */
  platformServices(name: string): readonly string[] {
    return [...this.cluster.state.services.values()]
      .map((service) => service.name)
      .filter((each) => each.startsWith(`${name}-`));
  }

  /** Nodes and images of an object's instances that run. */
  running(name: string): readonly string[] {
    return [...this.cluster.state.services.values()]
      .filter((service) => service.name.startsWith(`${name}-`))
      .flatMap((service) => [...service.tasks])
      .filter((task) => task.phase === 'running')
      .map((task) => `${task.node.name} ${task.ref.name}@${task.ref.tag}`)
      .sort();
  }

  /** Reasons of the events of an object. */
  async reasons(name: string): Promise<readonly string[]> {
    const { items } = await this.registry.resource(Event).list();
    return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killOperator();
    const closing = Promise.all([this.calls.clientset.close(), this.simulator.stop(), this.registry.close()]);
    await this.idle();
    await closing;
  }
}

/** Has the platform store another host name of a created service than it is sent. */
export function storeOtherHostNames(world: World): void {
  const { services } = world.cluster;
  const create = services.create.bind(services);
  services.create = (request, options) =>
    create({ ...request, image: { ...request.image, config: { ...request.image.config, hostname: 'ours' } } }, options);
}
