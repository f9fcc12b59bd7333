import type { AttemptEvent } from '../rest/attempt-event.js';
import type { ClientMetricsSink } from '../rest/client-metrics.js';

/** Whom to tell about attempts. */
export interface AttemptAudience {
  readonly onAttempt: ((event: AttemptEvent) => void) | undefined;
  readonly metrics: ClientMetricsSink | undefined;
}

/** Tells log and metrics about an attempt that is over. `lookupMs` is the time of a name lookup, where there was one. */
export function tellAttempt(
  { onAttempt, metrics }: AttemptAudience,
  host: string,
  event: AttemptEvent,
  lookupMs: number | undefined,
): void {
  // A call must not fail because somebody's log did.
  quietly(() => onAttempt?.(event));
  if (metrics === undefined) return;
  quietly(() => {
    const verb = event.method;
    const code = event.httpStatus === undefined ? '<error>' : String(event.httpStatus);
    metrics.increment('rest_client_requests_total', { code, method: verb, host });
    if (event.retryInMs !== undefined) metrics.increment('rest_client_request_retries_total', { code, verb, host });
    metrics.observe('rest_client_request_duration_seconds', { verb, host }, event.durationMs / 1000);
    metrics.observe('rest_client_rate_limiter_duration_seconds', { verb, host }, event.waitedMs / 1000);
    metrics.observe('rest_client_request_size_bytes', { verb, host }, event.requestBytes);
    metrics.observe('rest_client_response_size_bytes', { verb, host }, event.responseBytes);
    if (lookupMs !== undefined) {
      metrics.observe('rest_client_dns_resolution_duration_seconds', { host }, lookupMs / 1000);
    }
  });
}

function quietly(tell: () => void): void {
  try {
    tell();
  } catch {
    // Told in the options: what a listener throws is ignored.
  }
}
