import type {
  ApiObject,
  Clock,
  Condition,
  Event,
  KindDefinition,
  ObjectKey,
  ResourceClient,
  ResourceClients,
  StatusOf,
  Stored,
} from '@ecsm/api-types';
import type { Span } from '@opentelemetry/api';

import { Conditions } from '../conditions.js';
import type { EventRecorder } from '../events/event-recorder.js';
import type { Logger } from '../logger.js';
import type { ReconcileContext, RunContext } from '../reconciler.js';
import type { Cause } from '../sources/trigger.js';

/** A run of an object: what any run has, and what is about the object. */
export class ObjectRun<T extends ApiObject> implements ReconcileContext<T> {
  readonly #run: RunContext;
  readonly #kind: KindDefinition<T>;
  readonly #events: EventRecorder;
  #object: Stored<T>;
  #client: ResourceClient<T> | undefined;
  #conditions: Conditions | undefined;

  constructor(run: RunContext, kind: KindDefinition<T>, object: Stored<T>, events: EventRecorder) {
    this.#run = run;
    this.#kind = kind;
    this.#object = object;
    this.#events = events;
  }

  get controller(): string {
    return this.#run.controller;
  }

  get key(): ObjectKey {
    return this.#run.key;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }

  get attempt(): number {
    return this.#run.attempt;
  }

  get firstFailureAt(): number | undefined {
    return this.#run.firstFailureAt;
  }

  get causes(): readonly Cause[] {
    return this.#run.causes;
  }

  get log(): Logger {
    return this.#run.log;
  }

  get clients(): ResourceClients {
    return this.#run.clients;
  }

  get clock(): Clock {
    return this.#run.clock;
  }

  get span(): Span | undefined {
    return this.#run.span;
  }

  get fencingToken(): number | undefined {
    return this.#run.fencingToken;
  }

  get client(): ResourceClient<T> {
    this.#client ??= this.#run.clients.resource(this.#kind);
    return this.#client;
  }

  get conditions(): Conditions {
    this.#conditions ??= new Conditions(conditionsOf(this.#object), this.#object.metadata.generation, this.#run.clock);
    return this.#conditions;
  }

  async updateStatus(change?: Partial<StatusOf<T>>): Promise<Stored<T>> {
    const conditions = this.#conditions;
    const status = {
      ...statusOf(this.#object),
      ...change,
      ...(conditions?.changed === true ? { conditions: conditions.all } : {}),
    };
    // Without a resourceVersion the status lands on the newest version: what others wrote since is no conflict.
    const metadata: { resourceVersion?: string } = { ...this.#object.metadata };
    delete metadata.resourceVersion;
    this.#object = await this.client.updateStatus(Object.assign({}, this.#object, { metadata, status }));
    conditions?.written();
    return this.#object;
  }

  event(type: Event['type'], reason: string, message: string): void {
    this.#events.record(this.#object, type, reason, message, this.#run.controller);
  }

  /** Writes the conditions that were set and not written. */
  async writeConditions(): Promise<void> {
    if (this.#conditions?.changed === true) await this.updateStatus();
  }
}

function statusOf(object: ApiObject): Readonly<Record<string, unknown>> {
  const status = 'status' in object ? object.status : undefined;
  return typeof status === 'object' && status !== null ? { ...status } : {};
}

function conditionsOf(object: ApiObject): readonly Condition[] | undefined {
  const { conditions } = statusOf(object);
  return Array.isArray(conditions) ? (conditions as readonly Condition[]) : undefined;
}
