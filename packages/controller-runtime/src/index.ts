// Programs
export { Manager } from './manager.js';
export type { ListenOptions, ManagerOptions } from './manager-options.js';
export type { Runnable, RunnableContext, RunnableOptions } from './runnable.js';

// Controllers
export type { Controller } from './controller.js';
export type {
  KeyControllerBuilder,
  KindSource,
  MapContext,
  Mapper,
  NewController,
  ObjectControllerBuilder,
  OwnsOptions,
  SourceOptions,
} from './controller-builder.js';
export type { ControllerOptions } from './controller-options.js';
export type {
  ReconcileContext,
  ReconcileFunction,
  ReconcileKeyFunction,
  Reconciler,
  RunContext,
} from './reconciler.js';
export { done, requeue, requeueAfter, type Outcome, type RequeueOptions } from './outcome.js';
export type { RunRecord } from './run/run-record.js';
export { Conditions } from './conditions.js';

// Where keys come from
export { allOf, anyOf, changed, not, type Predicate, type PredicateLike } from './sources/predicate.js';
export { aspects, type Aspect, type SourceEvent } from './sources/source-event.js';
export { lowPriority, type Cause, type Trigger } from './sources/trigger.js';
export type { TriggerOptions, TriggerStream } from './sources/trigger-source.js';
export { ownersOf } from './sources/owners-of.js';

// Helpers
export { withControllerReference, withOwnerReference, type OwnerReferenceOptions } from './helpers/owner-references.js';
export { createOrUpdate, type CreateOrUpdateResult, type NamedManifest } from './helpers/create-or-update.js';
export { Finalizers, type Cleanup, type FinalizerContext } from './helpers/finalizers.js';
export { EventRecorder, eventWriteIntervalMs, type EventRecorderOptions } from './events/event-recorder.js';

// Leader election. SqliteLock has an entry point of its own, @ecsm/controller-runtime/sqlite-lock
export type { AcquireOptions, Leadership, LeaderLock } from './leader-election/leader-lock.js';
export { LeaseLock, type LeaseLockOptions } from './leader-election/lease-lock.js';

// Health and logging
export type { HealthCheck, HealthReport } from './health/health-checks.js';
export {
  consoleLogger,
  logLevels,
  silentLogger,
  type ConsoleLoggerOptions,
  type Logger,
  type LogMethod,
} from './logger.js';

// Failures
export { AlreadyOwnedError } from './errors/already-owned-error.js';
export { CacheSyncTimeoutError } from './errors/cache-sync-timeout-error.js';
export { isLeaseLostError, LeaseLostError } from './errors/lease-lost-error.js';
export { isRetryAfterError, RetryAfterError } from './errors/retry-after-error.js';
export {
  abortReasonOf,
  abortReasons,
  isRunAbortedError,
  RunAbortedError,
  type AbortReason,
} from './errors/run-aborted-error.js';
export { isTerminalError, TerminalError } from './errors/terminal-error.js';
export { isPanic } from './run/is-panic.js';
