import {
  ECSMService,
  type ApiObject,
  type Clock,
  type KeyOrName,
  type KindDefinition,
  type ResourceClient,
  type ResourceClients,
  type Stored,
  type UpdateOptions,
} from '@ecsm/api-types';

/** A change of replicas that the operator made through the scale subresource. */
export interface RecordedScale {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
}

/** Clients for an operator that keep account of what it scales. */
export class ScaleRecorder implements ResourceClients {
  readonly scales: RecordedScale[] = [];
  /** Called before each change is carried out. */
  onScale: (scale: RecordedScale) => void = () => undefined;
  readonly #inner: ResourceClients;
  readonly #clock: Clock;

  constructor(inner: ResourceClients, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
  }

  resource<T extends ApiObject>(kind: KindDefinition<T>): ResourceClient<T> {
    const client = this.#inner.resource(kind);
    if (kind.kind !== ECSMService.kind) return client;
    return new Proxy(client, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        if (property !== 'scale') return value.bind(target) as unknown;
        return async (key: KeyOrName, to: number, options?: UpdateOptions): Promise<Stored<T>> => {
          const before = await this.#inner.resource(ECSMService).get(key);
          const scale = { atMs: this.#clock.now(), from: before.spec.deploymentStrategy.replicas ?? 0, to };
          this.onScale(scale);
          const after = await target.scale(key, to, options);
          this.scales.push(scale);
          return after;
        };
      },
    });
  }
}
