import type {
  ApiObject,
  Clock,
  Event,
  ObjectKey,
  ResourceClient,
  ResourceClients,
  StatusOf,
  Stored,
} from '@ecsm/api-types';
import type { Span } from '@opentelemetry/api';

import type { Conditions } from './conditions.js';
import type { Logger } from './logger.js';
import type { Outcome } from './outcome.js';
import type { Cause } from './sources/trigger.js';

/** What a run of a key may use and know. */
export interface RunContext {
  /** Name of the controller. */
  readonly controller: string;
  readonly key: ObjectKey;
  /**
   * Aborts when the run should end; `abortReasonOf(signal)` says why: `shutdown` (only after the manager's graceful
   * shutdown time), `lostLease` at once, `timeout` after the controller's `timeoutMs`. Hand it to whatever waits.
   */
  readonly signal: AbortSignal;
  /** 1 for a first try, 2 for the first retry after a failure, and so on. */
  readonly attempt: number;
  /** When the present series of failures began, in milliseconds since the Unix epoch; `undefined` on a first try. */
  readonly firstFailureAt: number | undefined;
  /** Why this run happens, oldest first; of many causes the latest 8. */
  readonly causes: readonly Cause[];
  /** Logger with controller, key and attempt bound. */
  readonly log: Logger;
  /** Clients of all kinds. They refuse to write once the run was aborted or the lead was lost. */
  readonly clients: ResourceClients;
  readonly clock: Clock;
  /** The span of this run, when the manager has a tracer. */
  readonly span: Span | undefined;
  /** Counts the leaders there have been; hand it to systems that can refuse older ones. Absent without leader election. */
  readonly fencingToken: number | undefined;
}

/**
 * What a run of an object may use and know.
 *
 * @typeParam T - the objects the controller is for
 */
export interface ReconcileContext<T extends ApiObject = ApiObject> extends RunContext {
  /** Client of the kind the controller is for; refuses to write once the run was aborted or the lead was lost. */
  readonly client: ResourceClient<T>;
  /** The object's conditions; written by themselves when the run ends. */
  readonly conditions: Conditions;
  /**
   * Writes fields of the status, with the conditions set so far; what is not named stays, also what others write
   * meanwhile. It lands on the newest version of the object, and an unchanged status writes nothing.
   *
   * @returns the object with its new status
   */
  updateStatus(change?: Partial<StatusOf<T>>): Promise<Stored<T>>;
  /**
   * Records an event of the object, for people. Repeated ones are counted in memory and written at most once a minute.
   * Never put secrets into the message.
   *
   * @param reason - CamelCase word that programs may rely on
   */
  event(type: Event['type'], reason: string, message: string): void;
}

/**
 * Makes the world follow one object.
 *
 * It is called with the object read fresh at the start of the run, never twice at a time for one key, and again after
 * every change that its sources report. What it returns or throws leads to:
 * - `done()`: nothing until something changes; the key's failures are forgotten.
 * - `requeue()`: another run after the key's backoff; not a failure.
 * - `requeueAfter(ms)`: another run after that time; the key's failures are forgotten.
 * - a `TerminalError`: no retry, and no failure counted; a later event runs the key.
 * - a `RetryAfterError`: a failure, retried after its time.
 * - anything else thrown: a failure, retried with growing backoff for ever, or until `maxAttempts`.
 *
 * @typeParam T - the objects it is for
 */
export interface Reconciler<T extends ApiObject = ApiObject> {
  /** Makes the world follow the object, which was read at the start of the run, and says what comes next. */
  reconcile(object: Stored<T>, context: ReconcileContext<T>): Promise<Outcome> | Outcome;
  /**
   * Undoes what reconcile did, for an object marked for deletion. Where it is given, a finalizer is stored before the
   * first reconcile and removed once this returns `done()`; objects without that finalizer are left alone.
   */
  cleanup?(object: Stored<T>, context: ReconcileContext<T>): Promise<Outcome> | Outcome;
  /** Called when a key has failed `maxAttempts` times in a row, instead of the next retry; a later event starts anew. */
  giveUp?(object: Stored<T>, error: unknown, context: ReconcileContext<T>): Promise<void> | void;
  /** Called for a key without an object: it is gone, or never was. Without it such a run simply ends. */
  onGone?(key: ObjectKey, context: RunContext): Promise<Outcome> | Outcome;
}

/** A reconciler that is just a function. */
export type ReconcileFunction<T extends ApiObject = ApiObject> = Reconciler<T>['reconcile'];

/** Works on keys that are not those of one kind; see `reconcileKeys`. */
export type ReconcileKeyFunction = (key: ObjectKey, context: RunContext) => Promise<Outcome> | Outcome;
