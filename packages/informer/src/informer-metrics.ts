import type { ChangeOrigin } from './informer-event.js';

/** Why an informer had to list again. */
export type RelistReason = 'expired' | 'resync' | 'failed';

/**
 * Receives what happens in an informer, for counters. What can be read at any moment is not pushed: see
 * {@link Informer.health}. The methods must be quick and must not throw.
 */
export interface InformerMetrics {
  /** A change was reported: type and how it was noticed. */
  event?(type: 'added' | 'modified' | 'deleted', origin: ChangeOrigin): void;
  /** The informer lists again: `informer_relists_total{kind,reason}`. */
  relisted?(reason: RelistReason): void;
  /** A list or a watch failed and will be tried again. */
  failed?(step: 'list' | 'watch'): void;
  /** A handler threw. */
  handlerFailed?(handler: string): void;
}

/** How an informer does, for health checks and metrics. */
export interface InformerHealth {
  readonly name: string;
  readonly state: 'new' | 'listing' | 'watching' | 'waiting' | 'stopped';
  readonly synced: boolean;
  /** Since the source last gave a sign of life (a list, an event, a bookmark): `informer_last_event_age_seconds{kind}`. */
  readonly lastSignAgeMs: number | undefined;
  /** Known objects: `informer_store_objects{kind}`. */
  readonly objects: number;
  /** The newest revision seen: `informer_store_resource_version{kind}`. */
  readonly resourceVersion: string | undefined;
  /** Failures since the last success. */
  readonly failures: number;
  /** What failed last, if nothing has succeeded since. */
  readonly lastError: Error | undefined;
}
