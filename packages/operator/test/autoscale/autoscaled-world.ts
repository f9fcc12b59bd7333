import {
  ECSMHpa,
  Event,
  findCondition,
  type ECSMHpaSpec,
  type ECSMServiceSpec,
  type MetricSpec,
  type Stored,
} from '@ecsm/api-types';
import type { Load } from '@ecsm/ecsm-simulator';

import { dynamic, World, type WorldOptions } from '../helpers/world.js';

/** Mean CPU in percent. */
export function cpu(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

/** A value from a metric source. */
export function external(name: string, averageValue: string): MetricSpec {
  return { type: 'External', external: { metric: { name }, target: { type: 'AverageValue', averageValue } } };
}

/** A world with a service `web` and autoscalers. */
export class AutoscaledWorld implements AsyncDisposable {
  readonly world: World;

  private constructor(world: World) {
    this.world = world;
  }

  /** Works in a world that is there already. */
  static of(world: World): AutoscaledWorld {
    return new AutoscaledWorld(world);
  }

  /** Starts a world in which `web` runs. */
  static async start(
    options: WorldOptions & { readonly replicas?: number; readonly service?: Partial<ECSMServiceSpec> } = {},
  ): Promise<AutoscaledWorld> {
    const { replicas = 2, service = {}, ...rest } = options;
    const world = await World.start(rest);
    await world.apply('web', dynamic(replicas, 'web@1.0.0#sylixos', service));
    await world.settle();
    return new AutoscaledWorld(world);
  }

  /** Work for all instances of `web`, in percent of what one can do. */
  load(load: Load): void {
    this.world.cluster.setLoad('web-*', load);
  }

  async autoscale(spec: Partial<ECSMHpaSpec> = {}, name = 'web', namespace = 'default'): Promise<Stored<ECSMHpa>> {
    const { object } = await this.hpas.namespace(namespace).apply(
      {
        apiVersion: 'ecsm.sh/v1',
        kind: 'ECSMHpa',
        metadata: { name },
        spec: {
          scaleTargetRef: { kind: 'ECSMService', name: 'web' },
          maxReplicas: 8,
          metrics: [cpu(50)],
          ...spec,
        },
      },
      { force: true },
    );
    return object;
  }

  get hpas() {
    return this.world.registry.resource(ECSMHpa);
  }

  hpa(name = 'web'): Promise<Stored<ECSMHpa>> {
    return this.hpas.namespace('default').get(name);
  }

  /** What a condition says: `False FailedGetScale`. */
  async condition(type: string, name = 'web'): Promise<string> {
    const { status } = await this.hpa(name);
    const condition = findCondition(status?.conditions, type);
    return condition === undefined ? 'none' : `${condition.status} ${condition.reason}`;
  }

  /** The number the service asks for. */
  async replicas(): Promise<number> {
    return (await this.world.get('web')).spec.deploymentStrategy.replicas ?? 0;
  }

  /** Reasons of the events of an autoscaler, with how often each happened. */
  async events(name = 'web'): Promise<Readonly<Record<string, number>>> {
    const { items } = await this.world.registry.resource(Event).list();
    const own = items.filter(({ involvedObject: { kind, name: of } }) => kind === 'ECSMHpa' && of === name);
    return Object.fromEntries(own.map(({ reason, count }) => [reason, count]));
  }

  /** Lets seconds pass. */
  pass(seconds: number): Promise<void> {
    return this.world.pass(seconds * 1000, 1000);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]();
  }
}
