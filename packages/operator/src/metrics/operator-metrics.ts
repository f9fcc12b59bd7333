import { systemClock, type Clock } from '@ecsm/api-types';
import { clientMetrics, type AttemptEvent, type ClientMetricName, type ClientMetricsSink } from '@ecsm/ecsm-client';
import type { Action } from '@ecsm/planner';
import { Counter, Gauge, Histogram, type Metric, type Registry } from 'prom-client';

import { commitOutcomes, type CommitOutcome } from '../daemon/observed-store.js';
import { registryTroubles } from '../daemon/registry-trouble.js';
import type { PollRecord } from '../platform/observation.js';
import { driftOutcomes, type DriftOutcome } from '../service/lessons.js';
import { attemptOutcome } from './attempt-outcome.js';

/** What is read when somebody asks for the metrics. */
export interface MetricSources {
  /** Figures of the platform's observer. */
  readonly platform: () => { readonly services: number; readonly moving: number; readonly ageMs?: number };
  /** Figures of the registry; rejects when it cannot be read. */
  readonly registry: () => Promise<RegistryFigures>;
  /** Objects by what their status says in a word, and by condition. */
  readonly objects: () => Promise<ObjectFigures>;
}

/** Figures of the registry. */
export interface RegistryFigures {
  readonly revision: number;
  readonly compactRevision: number;
  readonly entries: Readonly<Record<string, number>>;
  readonly logRows: number;
  readonly watchers: number;
  readonly watchLag: number;
  readonly bytes: number;
  readonly revisionsLost?: { readonly from: number; readonly to: number };
}

/** How the declared services fare. */
export interface ObjectFigures {
  readonly words: ReadonlyMap<string, number>;
  /** By condition and its status. */
  readonly conditions: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const byteBuckets = [0, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

/** The metrics of the daemon, beside those of the controller runtime, in one Prometheus registry. */
export class OperatorMetrics implements ClientMetricsSink {
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #client = new Map<ClientMetricName, Counter | Histogram>();
  readonly #requests: Counter<'method' | 'outcome'>;
  readonly #bytes: Counter<'direction'>;
  readonly #polls: Counter<'outcome'>;
  readonly #pollTime: Histogram;
  readonly #reachable: Gauge;
  readonly #outage: Counter;
  readonly #actions: Counter<'type' | 'cause'>;
  readonly #drift: Counter<'outcome'>;
  readonly #commits: Counter<'outcome'>;
  readonly #commitTime: Histogram;
  readonly #conflicts: Counter<'kind'>;
  readonly #trouble: Gauge<'reason'>;
  readonly #manifests: Counter<'outcome'>;
  readonly #manifestFiles: Gauge<'state'>;
  readonly #backups: Counter<'outcome'>;
  readonly #backupTime: Gauge;
  readonly #backupSize: Gauge;
  readonly #reloads: Counter<'outcome'>;
  readonly #rejections: Counter;
  readonly #clockJumps: Counter;
  readonly #certificates: Gauge<'file'>;
  readonly #contests: Counter;
  /** What is read when somebody asks. */
  readonly #figures: {
    readonly services: Gauge;
    readonly moving: Gauge;
    readonly pollAge: Gauge;
    readonly words: Gauge<'status'>;
    readonly conditions: Gauge<'condition' | 'status'>;
    readonly bytes: Gauge;
    readonly revision: Gauge;
    readonly compact: Gauge;
    readonly logRows: Gauge;
    readonly watchers: Gauge;
    readonly watchLag: Gauge;
    readonly objects: Gauge<'kind'>;
    readonly lost: Gauge;
  };
  /** When the platform stopped answering, on the monotonic clock, as far as it is not yet in the counter. */
  #outageSince: number | undefined;

  constructor(
    registry: Registry,
    { version, clock = systemClock }: { readonly version: string; readonly clock?: Clock },
  ) {
    this.#registry = registry;
    this.#clock = clock;
    this.#gauge('ecsm_operator_build_info', 'The program: its version and that of Node.', ['version', 'node'])
      .labels({ version, node: process.versions.node })
      .set(1);
    for (const { name, type, help, labels } of clientMetrics) {
      const buckets = name.endsWith('_bytes') ? byteBuckets : secondsBuckets;
      this.#client.set(
        name,
        type === 'counter' ? this.#counter(name, help, labels) : this.#histogram(name, help, buckets, labels),
      );
    }
    this.#requests = this.#counter('ecsm_platform_requests_total', 'Requests to the platform, by how they ended.', [
      'method',
      'outcome',
    ]);
    this.#bytes = this.#counter('ecsm_platform_bytes_total', 'Bytes of bodies to and from the platform.', [
      'direction',
    ]);
    for (const direction of ['out', 'in']) this.#bytes.inc({ direction }, 0);
    this.#polls = this.#counter('ecsm_platform_polls_total', 'Looks at the whole platform, by how they ended.', [
      'outcome',
    ]);
    for (const outcome of ['done', 'failed']) this.#polls.inc({ outcome }, 0);
    this.#pollTime = this.#histogram('ecsm_platform_poll_duration_seconds', 'How long looks took.', secondsBuckets);
    this.#reachable = this.#gauge('ecsm_platform_reachable', 'Whether the platform answers: 1 if it does, else 0.');
    this.#outage = this.#counter('ecsm_platform_outage_seconds_total', 'Time in which the platform did not answer.');
    this.#actions = this.#counter('ecsm_operator_actions_total', 'Changes made to the platform, by kind and cause.', [
      'type',
      'cause',
    ]);
    this.#drift = this.#counter(
      'ecsm_operator_drift_total',
      'Fields that differed on the platform from what is declared, by what became of them.',
      ['outcome'],
    );
    for (const outcome of driftOutcomes) this.#drift.inc({ outcome }, 0);
    this.#commits = this.#counter('registry_commits_total', 'Writes to the registry, by how they ended.', ['outcome']);
    for (const outcome of commitOutcomes) this.#commits.inc({ outcome }, 0);
    this.#commitTime = this.#histogram(
      'registry_commit_duration_seconds',
      'How long writes took, waiting for other writers included.',
      secondsBuckets,
    );
    this.#conflicts = this.#counter('registry_conflicts_total', 'Writes to something that had changed meanwhile.', [
      'kind',
    ]);
    this.#trouble = this.#gauge('registry_trouble', 'Whether something is wrong with the file, by what: 1 or 0.', [
      'reason',
    ]);
    for (const reason of registryTroubles) this.#trouble.set({ reason }, 0);
    this.#manifests = this.#counter('ecsm_manifests_applied_total', 'Manifests applied, by what became of them.', [
      'outcome',
    ]);
    this.#manifestFiles = this.#gauge('ecsm_manifest_files', 'Files of manifests, by whether they could be applied.', [
      'state',
    ]);
    this.#backups = this.#counter('ecsm_backups_total', 'Backups, by how they ended.', ['outcome']);
    for (const outcome of ['done', 'failed']) this.#backups.inc({ outcome }, 0);
    this.#backupTime = this.#gauge('ecsm_backup_last_success_timestamp_seconds', 'When the last good backup was made.');
    this.#backupSize = this.#gauge('ecsm_backup_size_bytes', 'Size of the last good backup.');
    this.#reloads = this.#counter('ecsm_operator_reloads_total', 'Reloads of the configuration.', ['outcome']);
    for (const outcome of ['done', 'failed']) this.#reloads.inc({ outcome }, 0);
    this.#rejections = this.#counter('ecsm_operator_unhandled_rejections_total', 'Promises forgotten by the program.');
    this.#clockJumps = this.#counter('ecsm_operator_clock_jumps_total', 'Times the wall clock was set.');
    this.#certificates = this.#gauge('ecsm_certificate_expiry_timestamp_seconds', 'When configured certificates end.', [
      'file',
    ]);
    this.#contests = this.#counter(
      'ecsm_operator_contests_total',
      'Times the same was set right again and again, because somebody undoes it.',
    );
    this.#figures = {
      services: this.#gauge('ecsm_platform_services', 'Platform services known.'),
      moving: this.#gauge('ecsm_platform_moving_objects', 'Objects of which something moves.'),
      pollAge: this.#gauge('ecsm_platform_poll_age_seconds', 'Time since the last complete look.'),
      words: this.#gauge('ecsm_services', 'Declared services by what their status says in a word.', ['status']),
      conditions: this.#gauge('ecsm_service_conditions', 'Declared services by condition and its status.', [
        'condition',
        'status',
      ]),
      bytes: this.#gauge('registry_size_bytes', 'Size of the file and its log.'),
      revision: this.#gauge('registry_revision', 'The newest revision.'),
      compact: this.#gauge('registry_compact_revision', 'The oldest revision a watch can start after.'),
      logRows: this.#gauge('registry_log_rows', 'Changes kept for watchers.'),
      watchers: this.#gauge('registry_watchers', 'Watches that are open in this process.'),
      watchLag: this.#gauge(
        'registry_watch_lag_revisions',
        'Revisions that the slowest watch of this process is behind.',
      ),
      objects: this.#gauge('registry_objects', 'Objects, by kind.', ['kind']),
      lost: this.#gauge('registry_revisions_lost', 'Acknowledged revisions that are missing from the file.'),
    };
    processMetrics(registry);
  }

  /** All metrics as Prometheus reads them, with the figures of this moment. */
  async text(sources: MetricSources): Promise<string> {
    const { ageMs, services, moving } = sources.platform();
    this.#figures.services.set(services);
    this.#figures.moving.set(moving);
    if (ageMs !== undefined) this.#figures.pollAge.set(ageMs / 1000);
    this.#settleOutage();
    // A registry that cannot be read has its own metric; the others must still be had.
    const registry = await sources.registry().catch(() => undefined);
    if (registry !== undefined) this.#showRegistry(registry);
    const { words, conditions } = await sources.objects();
    this.#figures.words.reset();
    this.#figures.conditions.reset();
    for (const [status, count] of words) this.#figures.words.set({ status }, count);
    for (const [condition, statuses] of conditions) {
      for (const [status, count] of statuses) this.#figures.conditions.set({ condition, status }, count);
    }
    return this.#registry.metrics();
  }

  increment(name: ClientMetricName, labels: Readonly<Record<string, string>>): void {
    const metric = this.#client.get(name);
    if (metric instanceof Counter) metric.inc(labels);
  }

  observe(name: ClientMetricName, labels: Readonly<Record<string, string>>, value: number): void {
    const metric = this.#client.get(name);
    if (metric instanceof Histogram) metric.observe(labels, value);
  }

  /** The type of {@link OperatorMetrics.text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** One request to the platform is over. */
  attempted(event: AttemptEvent): void {
    this.#requests.inc({ method: event.method, outcome: attemptOutcome(event) });
    this.#bytes.inc({ direction: 'out' }, event.requestBytes);
    this.#bytes.inc({ direction: 'in' }, event.responseBytes);
  }

  /** One look at the platform is over. */
  polled({ durationMs, error }: PollRecord): void {
    this.#polls.inc({ outcome: error === undefined ? 'done' : 'failed' });
    this.#pollTime.observe(durationMs / 1000);
    this.#reachable.set(error === undefined ? 1 : 0);
    this.#settleOutage();
    this.#outageSince = error === undefined ? undefined : this.#clock.monotonicNow();
  }

  /** Something is about to be done on the platform. */
  acted(action: Action): void {
    this.#actions.inc({ type: action.type, cause: 'cause' in action ? action.cause : '' });
  }

  /** Fields differ on the platform from what is declared. */
  drifted(outcome: DriftOutcome, fields: number): void {
    this.#drift.inc({ outcome }, fields);
  }

  /** A write to the registry is over. */
  committed(outcome: CommitOutcome, kinds: readonly string[], seconds: number): void {
    this.#commits.inc({ outcome });
    this.#commitTime.observe(seconds);
    if (outcome === 'conflict') for (const kind of new Set(kinds)) this.#conflicts.inc({ kind });
  }

  /** What is wrong with the registry's file; `undefined` when nothing is. */
  troubled(trouble: (typeof registryTroubles)[number] | undefined): void {
    for (const reason of registryTroubles) this.#trouble.set({ reason }, reason === trouble ? 1 : 0);
  }

  /** A manifest was applied or refused. */
  applied(outcome: string): void {
    this.#manifests.inc({ outcome });
  }

  /** How many files of manifests there are now. */
  manifestFiles(good: number, bad: number): void {
    this.#manifestFiles.set({ state: 'good' }, good);
    this.#manifestFiles.set({ state: 'bad' }, bad);
  }

  /** A backup was made, at that wall-clock time, or failed. */
  backedUp(backup: { readonly atMs: number; readonly bytes: number } | undefined): void {
    this.#backups.inc({ outcome: backup === undefined ? 'failed' : 'done' });
    if (backup === undefined) return;
    this.#backupTime.set(backup.atMs / 1000);
    this.#backupSize.set(backup.bytes);
  }

  /** The configuration was read anew. */
  reloaded(outcome: 'done' | 'failed'): void {
    this.#reloads.inc({ outcome });
  }

  /** A promise was rejected and nobody listened. */
  rejected(): void {
    this.#rejections.inc();
  }

  /** The wall clock was set. */
  clockJumped(): void {
    this.#clockJumps.inc();
  }

  /** When the certificate in a file ends: wall-clock milliseconds; `undefined` when nobody shows it any longer. */
  certificate(file: string, endsAtMs: number | undefined): void {
    if (endsAtMs === undefined) this.#certificates.remove({ file });
    else this.#certificates.set({ file }, endsAtMs / 1000);
  }

  /** Somebody undoes what is done. */
  contested(): void {
    this.#contests.inc();
  }

  #showRegistry(figures: RegistryFigures): void {
    const gauges = this.#figures;
    gauges.bytes.set(figures.bytes);
    gauges.revision.set(figures.revision);
    gauges.compact.set(figures.compactRevision);
    gauges.logRows.set(figures.logRows);
    gauges.watchers.set(figures.watchers);
    gauges.watchLag.set(figures.watchLag);
    gauges.objects.reset();
    for (const [kind, count] of Object.entries(figures.entries)) gauges.objects.set({ kind }, count);
    const { revisionsLost: lost } = figures;
    gauges.lost.set(lost === undefined ? 0 : lost.to - lost.from + 1);
  }

  #settleOutage(): void {
    if (this.#outageSince === undefined) return;
    const now = this.#clock.monotonicNow();
    this.#outage.inc((now - this.#outageSince) / 1000);
    this.#outageSince = now;
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
  }
}

/** What the process uses, read when asked for: nothing runs in between. */
function processMetrics(registry: Registry): readonly Metric[] {
  const registers = [registry];
  return [
    new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory.',
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    }),
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Processor time used.',
      registers,
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / 1e6);
      },
    }),
    new Gauge({
      name: 'process_start_time_seconds',
      help: 'When the process began.',
      registers,
      collect() {
        this.set(Math.round(Date.now() / 1000 - process.uptime()));
      },
    }),
  ];
}
