import {
  isConflictError,
  type ApiObject,
  type Clock,
  type Condition,
  type Event,
  type KindDefinition,
  type ObjectKey,
  type ResourceClient,
  type ResourceClients,
  type StatusOf,
  type Stored,
} from '@ecsm/api-types';
import type { Span } from '@opentelemetry/api';

import { Conditions } from '../conditions.js';
import type { EventRecorder } from '../events/event-recorder.js';
import { checkStatusChange } from '../internal/check-arguments.js';
import type { Logger } from '../logger.js';
import type { ReconcileContext, RunContext } from '../reconciler.js';
import type { Cause } from '../sources/trigger.js';

/** How often a status is put on a newer version of the object before the run fails with the conflict. */
const maxStatusTries = 10;

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
    checkStatusChange(change);
    for (let tries = 1; ; tries++) {
      const { all, changed } = this.conditions;
      const status = { ...statusOf(this.#object), ...change, ...(changed ? { conditions: all } : {}) };
      try {
        this.#object = await this.client.updateStatus(Object.assign({}, this.#object, { status }));
        this.conditions.stored(conditionsOf(this.#object), all);
        return this.#object;
      } catch (error) {
        if (!isConflictError(error) || tries === maxStatusTries) throw error;
        await this.#readAgain(error);
      }
    }
  }

  /** The object was written in this run; the status goes on from there. */
  saw(object: Stored<T>): void {
    this.#object = object;
  }

  event(type: Event['type'], reason: string, message: string): void {
    this.#events.record(this.#object, type, reason, message, this.#run.controller);
  }

  /** Writes the conditions that were set and not written. */
  async writeConditions(): Promise<void> {
    if (this.#conditions?.changed === true) await this.updateStatus();
  }

  /** What others wrote meanwhile is no conflict, and stays; only a namesake has a status of its own. */
  async #readAgain(conflict: unknown): Promise<void> {
    const newest = await this.client.get(this.key);
    if (newest.metadata.uid !== this.#object.metadata.uid) throw conflict;
    this.#object = newest;
    this.conditions.rebase(conditionsOf(newest));
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
