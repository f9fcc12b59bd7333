import { Counter, exponentialBuckets, Gauge, Histogram, type Metric, type Registry } from 'prom-client';

import { RefreshedGauge } from './refreshed-gauge.js';

const queueBuckets = exponentialBuckets(1e-8, 10, 12); // same as client-go's
// Same as controller-runtime's.
const runBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const attemptBuckets = [1, 2, 3, 5, 8, 13, 21, 34, 55];

/** The metrics of all managers that share a Prometheus registry. */
export interface RuntimeMetrics {
  readonly queue: ReturnType<typeof queueMetrics>;
  readonly controller: ReturnType<typeof controllerMetrics>;
  readonly informer: ReturnType<typeof informerMetrics>;
  readonly leader: ReturnType<typeof leaderMetrics>;
}

/**
 * The metrics in a Prometheus registry: made by the first manager that uses it, shared by the others, since a registry
 * takes each name once. Names and labels are those of Kubernetes' own libraries, so that dashboards made for them work.
 */
export function runtimeMetrics(registry: Registry): RuntimeMetrics {
  const kit = new Kit(registry);
  return {
    queue: queueMetrics(kit),
    controller: controllerMetrics(kit),
    informer: informerMetrics(kit),
    leader: leaderMetrics(kit),
  };
}

class Kit {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    const options = { name, help, labelNames, registers: [this.#registry] };
    return this.#one(name, Counter<L>, () => new Counter<L>(options));
  }

  gauge<L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> {
    const options = { name, help, labelNames, registers: [this.#registry] };
    return this.#one(name, Gauge<L>, () => new Gauge<L>(options));
  }

  refreshedGauge<L extends string>(name: string, help: string, labelNames: readonly L[]): RefreshedGauge<L> {
    const options = { name, help, labelNames, registers: [this.#registry] };
    return this.#one(name, RefreshedGauge<L>, () => new RefreshedGauge<L>(options));
  }

  histogram<L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]): Histogram<L> {
    const options = { name, help, labelNames, buckets, registers: [this.#registry] };
    return this.#one(name, Histogram<L>, () => new Histogram<L>(options));
  }

  #one<M extends Metric>(name: string, type: abstract new (...options: never[]) => M, make: () => M): M {
    const existing: unknown = this.#registry.getSingleMetric(name);
    if (existing === undefined) return make();
    if (existing instanceof type) return existing;
    throw new TypeError(
      `the metrics registry has a metric "${name}" that is not ours: give the manager another registry`,
    );
  }
}

function queueMetrics(kit: Kit) {
  const labels = ['name', 'controller'] as const;
  return {
    // First of all, so that the others are refreshed before they are read.
    depth: kit.refreshedGauge('workqueue_depth', 'Keys that wait for a worker.', [...labels, 'priority']),
    adds: kit.counter('workqueue_adds_total', 'Keys added.', labels),
    queueDuration: kit.histogram(
      'workqueue_queue_duration_seconds',
      'How long keys waited for a worker.',
      labels,
      queueBuckets,
    ),
    workDuration: kit.histogram('workqueue_work_duration_seconds', 'How long keys ran.', labels, queueBuckets),
    unfinished: kit.gauge(
      'workqueue_unfinished_work_seconds',
      'Sum of the times the running keys run already.',
      labels,
    ),
    longestRunning: kit.gauge(
      'workqueue_longest_running_processor_seconds',
      'How long the longest running key runs already.',
      labels,
    ),
    retries: kit.counter('workqueue_retries_total', 'Keys added again after a failed run.', labels),
    delayed: kit.gauge('workqueue_delayed_depth', 'Keys that wait for their time.', labels),
    oldestAge: kit.gauge('workqueue_oldest_item_age_seconds', 'How long the next key waits already.', [
      ...labels,
      'priority',
    ]),
  };
}

function controllerMetrics(kit: Kit) {
  const labels = ['controller'] as const;
  return {
    runs: kit.counter('controller_runtime_reconcile_total', 'Runs, by how they ended.', [...labels, 'result']),
    errors: kit.counter('controller_runtime_reconcile_errors_total', 'Runs that failed.', labels),
    terminalErrors: kit.counter(
      'controller_runtime_terminal_reconcile_errors_total',
      'Runs that failed for good.',
      labels,
    ),
    panics: kit.counter(
      'controller_runtime_reconcile_panics_total',
      'Runs that failed with a programming error.',
      labels,
    ),
    timeouts: kit.counter('controller_runtime_reconcile_timeouts_total', 'Runs that took too long.', labels),
    runTime: kit.histogram('controller_runtime_reconcile_time_seconds', 'How long runs took.', labels, runBuckets),
    concurrency: kit.gauge(
      'controller_runtime_max_concurrent_reconciles',
      'How many runs may go on at the same time.',
      labels,
    ),
    activeWorkers: kit.gauge('controller_runtime_active_workers', 'How many runs go on.', labels),
    attempts: kit.histogram('controller_reconcile_attempts', 'Which attempt runs were.', labels, attemptBuckets),
    giveUps: kit.counter('controller_giveups_total', 'Keys given up after too many failures.', labels),
  };
}

function leaderMetrics(kit: Kit) {
  const labels = ['name'] as const;
  return {
    leads: kit.gauge('leader_election_master_status', 'Whether this process leads: 1 if it does, else 0.', labels),
    slowRenewals: kit.counter(
      'leader_election_slowpath_total',
      'Renewals of the lease that had to read it first.',
      labels,
    ),
  };
}

function informerMetrics(kit: Kit) {
  return {
    lastEventAge: kit.gauge('informer_last_event_age_seconds', "Time since the source's last sign of life.", ['kind']),
    relists: kit.counter('informer_relists_total', 'Lists read again, by why.', ['kind', 'reason']),
    objects: kit.gauge('informer_store_objects', 'Objects known.', ['kind']),
    resourceVersion: kit.gauge('informer_store_resource_version', 'The newest revision seen.', ['kind']),
  };
}
