// Informer over a list and a watch
export { Informer } from './informer.js';
export type { BackoffOptions, CacheOptions, InformerOptions } from './informer-options.js';
export type { ChangeOrigin, InformerEvent, KnownVersion } from './informer-event.js';
export type { IndexFunction, ObjectCache } from './object-cache.js';

// Informer over a list alone
export { PolledInformer } from './polled-informer.js';
export type {
  PolledInformerHealth,
  PolledInformerMetrics,
  PolledInformerOptions,
  PollIntervals,
} from './polled-informer-options.js';
export type { PolledEvent } from './polled-event.js';
export type { PolledSource } from './polled-source.js';

// What both have in common
export type { InformerBase } from './informer-base.js';
export type { EventHandler, HandlerOptions, HandlerRegistration } from './handler-registration.js';
export { waitForSync, type Syncable } from './wait-for-sync.js';

// Health and metrics
export type { InformerHealth, InformerMetrics, RelistReason } from './informer-metrics.js';

// Failures
export { HandlerFailedError } from './errors/handler-failed-error.js';
export { InformerError } from './errors/informer-error.js';
export { InformerStoppedError } from './errors/informer-stopped-error.js';
export { NotSyncedError } from './errors/not-synced-error.js';
export { PollFailedError } from './errors/poll-failed-error.js';
export { PollTimeoutError } from './errors/poll-timeout-error.js';
export { TransformFailedError } from './errors/transform-failed-error.js';
export { UnusableAnswerError } from './errors/unusable-answer-error.js';
export { WatchIdleError } from './errors/watch-idle-error.js';
