/** A metric this package offers; the names are those of Kubernetes clients, so that dashboards fit. */
export interface ClientMetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics of a client. `code` is the HTTP status, or `<error>` where there was no answer. */
export const clientMetrics = [
  {
    name: 'rest_client_requests_total',
    type: 'counter',
    help: 'Requests sent to the platform, each attempt counted.',
    labels: ['code', 'method', 'host'],
  },
  {
    name: 'rest_client_request_retries_total',
    type: 'counter',
    help: 'Attempts after the first.',
    labels: ['code', 'verb', 'host'],
  },
  {
    name: 'rest_client_request_duration_seconds',
    type: 'histogram',
    help: 'Time from sending a request to its whole answer.',
    labels: ['verb', 'host'],
  },
  {
    name: 'rest_client_dns_resolution_duration_seconds',
    type: 'histogram',
    help: 'Time to look up the name of the platform.',
    labels: ['host'],
  },
  {
    name: 'rest_client_request_size_bytes',
    type: 'histogram',
    help: 'Size of request bodies.',
    labels: ['verb', 'host'],
  },
  {
    name: 'rest_client_response_size_bytes',
    type: 'histogram',
    help: 'Size of answer bodies as received, before decompression.',
    labels: ['verb', 'host'],
  },
  {
    name: 'rest_client_rate_limiter_duration_seconds',
    type: 'histogram',
    help: 'Time a request waited for its turn.',
    labels: ['verb', 'host'],
  },
] as const satisfies readonly ClientMetricDefinition[];

/** Name of a metric of {@link clientMetrics}. */
export type ClientMetricName = (typeof clientMetrics)[number]['name'];

/** Where a client's figures go; an adapter to any metrics library is a few lines. */
export interface ClientMetricsSink {
  /** Adds one to a counter. */
  increment(name: ClientMetricName, labels: Readonly<Record<string, string>>): void;
  /** Adds a value to a histogram, in seconds or bytes as its name says. */
  observe(name: ClientMetricName, labels: Readonly<Record<string, string>>, value: number): void;
}
