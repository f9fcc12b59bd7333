import type { ApiObject, KindDefinition, ListWatch, ObjectKey, ResourceClients, Stored } from '@ecsm/api-types';

import type { ControllerOptions } from './controller-options.js';
import type { Controller } from './controller.js';
import type { Logger } from './logger.js';
import type { ReconcileFunction, ReconcileKeyFunction, Reconciler } from './reconciler.js';
import type { PredicateLike } from './sources/predicate.js';
import type { Aspect } from './sources/source-event.js';
import type { TriggerOptions, TriggerStream } from './sources/trigger-source.js';
import type { Trigger } from './sources/trigger.js';

/** Where a controller learns of objects: a kind of the manager's clients, or any list and watch. */
export type KindSource<T extends ApiObject> = KindDefinition<T> | ListWatch<T>;

/** Options of `for`, `owns` and `watches`. */
export interface SourceOptions<T extends ApiObject> {
  /** Events lead to a run only if all of these pass them; one that throws is reported and has passed. */
  readonly predicates?: readonly PredicateLike<T>[];
  /** Modifications lead to a run only if one of these parts changed; short for the predicate `changed(…)`. */
  readonly changed?: readonly Aspect[];
  /** Only objects with these labels, e.g. `app=web`. */
  readonly labelSelector?: string;
  /** Only objects of this namespace. */
  readonly namespace?: string;
}

/** Options of `owns`. */
export interface OwnsOptions<T extends ApiObject> extends SourceOptions<T> {
  /**
   * Whether every owner is told, rather than only the managing controller.
   *
   * @defaultValue `false`
   */
  readonly everyOwner?: boolean;
}

/** What a mapper may use. */
export interface MapContext {
  readonly clients: ResourceClients;
  readonly log: Logger;
  /** Aborts when the controller stops, and when the call takes longer than the controller's `timeoutMs`. */
  readonly signal: AbortSignal;
}

/**
 * Says which keys of a controller an object of another kind concerns.
 *
 * It is called for the object as it is now; keys it named before and no longer names are told once more. When it throws
 * or rejects it is called again after a growing delay, so no change is lost; so it is when it does not answer within the
 * controller's `timeoutMs`.
 */
export type Mapper<T extends ApiObject> = (
  object: Stored<T>,
  context: MapContext,
) => Iterable<ObjectKey | Trigger> | Promise<Iterable<ObjectKey | Trigger>>;

/** A controller about to be described: say first which kind it is for, or where its keys come from. */
export interface NewController {
  /** Takes the objects of this kind: each of their changes runs their key. */
  for<T extends ApiObject>(kind: KindDefinition<T>, options?: SourceOptions<T>): ObjectControllerBuilder<T>;
  /** Takes keys from objects of any kind, without objects of its own. */
  watches<U extends ApiObject>(
    source: KindSource<U>,
    mapper: Mapper<U>,
    options?: SourceOptions<U>,
  ): KeyControllerBuilder;
  /** Takes keys from a stream, without objects of its own. */
  trigger(stream: TriggerStream, options?: TriggerOptions): KeyControllerBuilder;
}

/**
 * Describes a controller for the objects of one kind.
 *
 * @typeParam T - the objects it is for
 */
export interface ObjectControllerBuilder<T extends ApiObject> {
  /** Runs the owner's key when an object it owns changes. */
  owns<U extends ApiObject>(source: KindSource<U>, options?: OwnsOptions<U>): ObjectControllerBuilder<T>;
  /** Runs the keys a mapper names when an object of another kind changes. */
  watches<U extends ApiObject>(
    source: KindSource<U>,
    mapper: Mapper<U>,
    options?: SourceOptions<U>,
  ): ObjectControllerBuilder<T>;
  /** Runs the keys that come out of a stream. */
  trigger(stream: TriggerStream, options?: TriggerOptions): ObjectControllerBuilder<T>;
  /** Sets workers, retries, timeouts and the like. */
  options(options: ControllerOptions): ObjectControllerBuilder<T>;
  /** Says what a run does, and adds the controller to the manager. */
  reconcile(reconciler: ReconcileFunction<T> | Reconciler<T>): Controller;
}

/** Describes a controller whose keys are not those of one kind. */
export interface KeyControllerBuilder {
  /** Runs the keys a mapper names when an object of another kind changes. */
  watches<U extends ApiObject>(
    source: KindSource<U>,
    mapper: Mapper<U>,
    options?: SourceOptions<U>,
  ): KeyControllerBuilder;
  /** Runs the keys that come out of a stream. */
  trigger(stream: TriggerStream, options?: TriggerOptions): KeyControllerBuilder;
  /** Sets workers, retries, timeouts and the like. */
  options(options: ControllerOptions): KeyControllerBuilder;
  /** Says what a run does, and adds the controller to the manager. */
  reconcileKeys(reconcile: ReconcileKeyFunction): Controller;
}
