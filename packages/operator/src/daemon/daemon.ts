import { formatKey, systemClock, type Clock, type ObjectKey } from '@ecsm/api-types';
import type { HealthCheck, Logger } from '@ecsm/controller-runtime';
import type { Clientset } from '@ecsm/ecsm-client';
import type { Action } from '@ecsm/planner';
import type { Registry as Prometheus } from 'prom-client';

import type { ProgramLog } from '../cli/create-logger.js';
import { version } from '../cli/version.js';
import type { Environment, LoadedSettings } from '../config/load-settings.js';
import { reloadSettings } from '../config/reload-settings.js';
import type { Settings } from '../config/settings.js';
import { Announcer } from '../internal/announcer.js';
import { CleanupStack } from '../internal/cleanup-stack.js';
import { messageLine } from '../internal/message-line.js';
import { ObjectCount } from '../metrics/object-figures.js';
import type { OperatorMetrics } from '../metrics/operator-metrics.js';
import type { OperatorOptions } from '../operator-options.js';
import { Operator } from '../operator.js';
import type { PollRecord } from '../platform/observation.js';
import { Backups } from './backups.js';
import { Certificates } from './certificates.js';
import { ClockJumps } from './clock-jumps.js';
import { Contest } from './contest.js';
import { ForgottenPromises } from './forgotten-promises.js';
import { HangWatchdog } from './hang-watchdog.js';
import { HeldLead } from './held-lead.js';
import { leaderLock } from './leader-lock.js';
import { LinkBudget } from './link-budget.js';
import { LinkCosts } from './link-costs.js';
import { readListenerGuard, type ListenerGuard } from './listener-guard.js';
import { ManifestSync } from './manifests/manifest-sync.js';
import type { Trouble } from './observed-store.js';
import { listenAll } from './pages.js';
import { PlatformLink } from './platform-link.js';
import { RecentRuns } from './recent-runs.js';
import { RegistryFailure, type RegistryFile } from './registry-file.js';
import { ServiceNotifier } from './service-notifier.js';
import type { StatusServer } from './status-server.js';

/** What {@link Daemon.start} needs. */
export interface DaemonOptions {
  readonly loaded: LoadedSettings;
  readonly platformUrl: string;
  readonly registry: RegistryFile;
  readonly log: ProgramLog;
  readonly env: Environment;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Told what is about to be done on the platform. */
  readonly onAction: (key: ObjectKey, action: Action) => void;
  /** Told what became of a manifest. */
  readonly onManifest: (name: string, outcome: string) => void;
}

const defaultMovingIntervalMs = 2000;
/** The part of a budget that may go to closer looks at services of which nothing is said to have changed. */
const detailShare = 1 / 20;

/**
 * An operator with everything around it that lets it run for years.
 *
 * It says once what has changed and nothing while nothing changes; what goes wrong outside is told by log, metrics,
 * readiness and events, and does not end it, except that a registry which was taken away does.
 */
export class Daemon implements AsyncDisposable {
  readonly #options: DaemonOptions;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #stack = new CleanupStack();
  readonly #runs = new RecentRuns();
  readonly #contest: Contest;
  readonly #clockJumps: ClockJumps;
  readonly #announcer: Announcer;
  readonly #budget: LinkBudget;
  readonly #costs = new LinkCosts();
  readonly #certificates: Certificates;
  readonly #notifier: ServiceNotifier;
  /** Rejects when going on makes no sense. */
  readonly #failed: Promise<never>;
  #fail: (error: Error) => void = () => undefined;
  /** What holds now, which after a reload need not be all that was read. */
  #settings: Settings;
  #metrics: OperatorMetrics | undefined;
  #lead: HeldLead | undefined;
  #link: PlatformLink | undefined;
  #operator: Operator | undefined;
  #servers: readonly StatusServer[] = [];
  #manifests: ManifestSync | undefined;
  #backups: Backups | undefined;
  #reachable: boolean | undefined;
  /** The last reload, or its end. */
  #reloading: Promise<void> = Promise.resolve();

  private constructor(options: DaemonOptions) {
    this.#options = options;
    const { settings } = options.loaded;
    this.#settings = settings;
    this.#log = options.log.log;
    this.#clock = options.clock ?? systemClock;
    this.#contest = new Contest((key, action) => this.#contested(key, action), this.#clock);
    this.#failed = new Promise((_resolve, reject) => (this.#fail = reject));
    this.#failed.catch(() => undefined);
    this.#budget = new LinkBudget({ requests: settings.requestBudget, bytes: settings.byteBudget }, this.#clock);
    this.#certificates = new Certificates({
      log: this.#log,
      clock: this.#clock,
      onCertificate: (file, endsAtMs) => this.#metrics?.certificate(file, endsAtMs),
    });
    const { registry } = options.registry;
    this.#announcer = this.#stack.use(new Announcer({ clients: registry, clock: this.#clock, log: this.#log }));
    this.#notifier = this.#stack.use(new ServiceNotifier({ env: options.env, log: this.#log, clock: this.#clock }));
    this.#clockJumps = new ClockJumps(this.#clock, (jumpMs) => {
      this.#metrics?.clockJumped();
      // One that was set back puts no copy off.
      if (jumpMs > 0) this.#backups?.replan();
      this.#log.warn({ jumpMs }, 'the clock of this machine was set; pauses and deadlines are not affected');
    });
  }

  /**
   * Starts everything that the settings ask for.
   *
   * @throws UsageError when a file that a setting names cannot be used; Error when an address cannot be had
   */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const daemon = new Daemon(options);
    try {
      await daemon.#start();
      return daemon;
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The operator. */
  get operator(): Operator {
    if (this.#operator === undefined) throw new Error('the operator has not been started');
    return this.#operator;
  }

  /** Where it listens. */
  get urls(): readonly string[] {
    return this.#servers.map(({ url }) => url);
  }

  /** Resolves when the operator has ended; rejects when a part of it failed, or the registry was taken away. */
  get ended(): Promise<void> {
    return Promise.race([this.operator.ended, this.#failed]);
  }

  /**
   * Takes settings that are read anew, as far as they can change while it runs; the log says what cannot. One reload begins
   * when the one before has ended: else the older of two could be the last to be taken.
   */
  reload(read: () => Promise<LoadedSettings>): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload(read));
    return this.#reloading;
  }

  async #reload(read: () => Promise<LoadedSettings>): Promise<void> {
    this.#notifier.reloading();
    try {
      const { settings } = await read();
      const { inForce, now, atRestart } = reloadSettings(this.#settings, settings);
      const guard = await this.#readGuard(inForce);
      const reconnect = await this.#link?.prepare(inForce);
      for (const server of this.#servers) server.setGuard(guard);
      reconnect?.();
      this.#settings = inForce;
      this.#apply();
      const also = reconnect === undefined ? {} : { platform: 'asked anew' };
      this.#log.info({ changed: now, ...also }, 'configuration read anew');
      if (atRestart.length > 0) {
        this.#log.warn({ fields: atRestart }, 'restart needed: these settings change at the next start');
      }
      this.#metrics?.reloaded('done');
    } catch (error) {
      this.#metrics?.reloaded('failed');
      this.#log.error({ error: messageLine(error) }, 'the configuration is no good; the one before stays in force');
    }
    const { listenCertFile, listenClientCaFile, platformCaFile, platformCertFile } = this.#settings;
    this.#certificates.keepOnly([listenCertFile, listenClientCaFile, platformCaFile, platformCertFile]);
    this.#notifier.ready(this.#status);
  }

  /** Stops: takes no new work, lets what is under way end, then lets another process lead. May be called again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#notifier.stopping();
    await this.#stack[Symbol.asyncDispose]();
  }

  get #status(): string {
    return this.#mayWrite ? 'leading' : 'waiting to lead';
  }

  get #mayWrite(): boolean {
    return this.#lead === undefined ? this.#settings.leaderElection === 'none' : this.#lead.isHeld;
  }

  async #start(): Promise<void> {
    const settings = this.#settings;
    const { registry, platformUrl } = this.#options;
    const prometheus = settings.metrics === undefined ? undefined : await this.#startMetrics();
    registry.store.listen({ onTrouble: (trouble) => this.#registryTroubled(trouble) });
    const promises = new ForgottenPromises(this.#log, () => this.#metrics?.rejected());
    this.#stack.use(promises);
    if (settings.watchdogMs !== undefined) this.#stack.use(new HangWatchdog(settings.watchdogMs));
    const shown = {
      operator: () => this.operator,
      lead: () => this.#lead,
      registry,
      runs: this.#runs,
      manifestProblems: () => this.#manifests?.problems ?? new Map<string, string>(),
      metrics: this.#metricsPage(),
    };
    this.#servers = await listenAll(settings, shown, await this.#readGuard(settings));
    for (const server of this.#servers) this.#stack.use(server);
    if (this.#servers.length > 0) this.#log.info({ urls: this.urls }, 'listening');
    const lock = leaderLock(settings, registry);
    this.#lead = lock === undefined ? undefined : new HeldLead(lock, () => this.#leads());
    const link = await PlatformLink.connect({
      settings,
      baseUrl: platformUrl,
      budget: this.#budget,
      clock: this.#clock,
      metrics: this.#metrics,
      assertMayWrite: () => this.#lead?.assertHeld(),
      onAttempt: (event, bytes) => {
        this.#contest.attempted(event);
        this.#costs.attempted(event, bytes);
      },
      onCertificate: (file, pem) => this.#certificates.read(file, pem),
    });
    this.#link = this.#stack.use(link);
    this.#operator = this.#stack.use(await Operator.start(await this.#operatorOptions(link.clientset, prometheus)));
    if (settings.manifests !== undefined && !settings.once) this.#startManifests(settings.manifests);
    if (settings.backupDir !== undefined && !settings.once) this.#startBackups(settings.backupDir);
    this.#apply();
    if (this.#lead === undefined) this.#leads();
    this.#notifier.ready(this.#status);
  }

  async #startMetrics(): Promise<Prometheus> {
    // Loaded only where somebody reads the figures.
    const [client, { OperatorMetrics: Metrics }] = await Promise.all([
      import('prom-client'),
      import('../metrics/operator-metrics.js'),
    ]);
    const { store } = this.#options.registry;
    const prometheus = new client.Registry();
    const metrics = new Metrics(prometheus, { version: version(), clock: this.#clock });
    store.listen({
      onTrouble: (trouble) => metrics.troubled(trouble?.what),
      onCommit: (outcome, kinds, seconds) => metrics.committed(outcome, kinds, seconds),
    });
    this.#metrics = metrics;
    return prometheus;
  }

  #metricsPage(): { readonly type: string; readonly text: () => Promise<string> } | undefined {
    const metrics = this.#metrics;
    if (metrics === undefined) return undefined;
    const { registry } = this.#options.registry;
    const objects = new ObjectCount(registry);
    const sources = {
      platform: () => this.#operator?.observation ?? { services: 0, moving: 0 },
      registry: () => registry.stats(),
      objects: () => objects.figures(),
    };
    return { type: metrics.contentType, text: () => metrics.text(sources) };
  }

  async #operatorOptions(clientset: Clientset, prometheus: Prometheus | undefined): Promise<OperatorOptions> {
    const settings = this.#settings;
    const lead = this.#lead;
    // The SDK that makes spans of this is loaded from outside; without one nothing comes of them.
    const api = settings.traces ? await import('@opentelemetry/api') : undefined;
    return {
      registry: this.#options.registry.registry,
      clientset,
      clock: this.#clock,
      operatorId: settings.operatorId,
      logger: this.#log,
      concurrency: settings.workers,
      gracefulShutdownTimeoutMs: settings.stopTimeoutMs,
      handleUnhandledRejections: true,
      readyChecks: { registry: this.#checkRegistry },
      onRun: (record) => this.#runs.add(record),
      onPoll: (record) => this.#polled(record),
      onAction: (key, action) => this.#acts(key, action),
      onDrift: (_key, outcome, fields) => this.#metrics?.drifted(outcome, fields),
      ...(lead === undefined ? {} : { leaderElection: lead }),
      ...(prometheus === undefined ? {} : { metrics: prometheus }),
      ...(api === undefined ? {} : { tracer: api.trace.getTracer('ecsm-operator', version()) }),
    };
  }

  #startManifests(path: string): void {
    const { operatorId, prune, manifestsRescanMs: rescanMs } = this.#settings;
    this.#manifests = this.#stack.use(
      new ManifestSync({
        registry: this.#options.registry.registry,
        path,
        operatorId,
        prune,
        rescanMs,
        log: this.#log.child({ part: 'manifests' }),
        clock: this.#clock,
        mayWrite: () => this.#mayWrite,
        onApplied: (name, outcome) => {
          this.#metrics?.applied(outcome);
          this.#options.onManifest(name, outcome);
        },
        onProblem: (file, problem) => {
          if (problem === undefined)
            this.#announcer.tell('Manifest', file, 'Normal', 'ManifestGood', `${file} is good`);
          else this.#announcer.tell('Manifest', file, 'Warning', 'ManifestRefused', problem);
          if (problem !== undefined) this.#metrics?.applied('refused');
        },
        onLooked: (good, bad) => this.#metrics?.manifestFiles(good, bad),
      }),
    );
    this.#manifests.start();
  }

  #startBackups(folder: string): void {
    const { backupSchedule: schedule, backupKeep: keep } = this.#settings;
    this.#backups = this.#stack.use(
      new Backups({
        store: this.#options.registry.sqlite,
        folder,
        schedule,
        keep,
        log: this.#log.child({ part: 'backups' }),
        clock: this.#clock,
        mayRun: () => this.#mayWrite,
        onBackup: (backup) => this.#metrics?.backedUp(backup),
      }),
    );
    this.#backups.start();
  }

  /** Has settings hold that can change while everything runs. */
  #apply(): void {
    const settings = this.#settings;
    this.#options.log.setLevel(settings.logLevel);
    this.#budget.setLimits({ requests: settings.requestBudget, bytes: settings.byteBudget });
    this.#operator?.setConcurrency(settings.workers);
    this.#manifests?.setRescan(settings.manifestsRescanMs);
    this.#backups?.set({ schedule: settings.backupSchedule, keep: settings.backupKeep });
    this.#setPace(0);
  }

  async #readGuard(settings: Settings): Promise<ListenerGuard> {
    const guard = await readListenerGuard(settings);
    const { listenCertFile: certFile, listenClientCaFile: caFile } = settings;
    const { cert, ca } = guard.tls ?? {};
    if (certFile !== undefined && cert !== undefined) this.#certificates.read(certFile, cert);
    if (caFile !== undefined && ca !== undefined) this.#certificates.read(caFile, ca);
    return guard;
  }

  /** Has the platform looked at as often as the settings say, but no more often than the budget allows. */
  #setPace(leastMs: number): void {
    const { pollIntervalMs, movingPollIntervalMs, detailIntervalMs, detailLimit } = this.#settings;
    this.#operator?.setDetailPace({
      detailsPerMinute: Math.min(detailLimit, this.#budget.requestsIn(detailShare, this.#costs.detailBytes)),
      ...(detailIntervalMs === undefined ? {} : { rotationMs: detailIntervalMs }),
    });
    const moving =
      leastMs === 0 ? movingPollIntervalMs : Math.max(leastMs, movingPollIntervalMs ?? defaultMovingIntervalMs);
    this.#operator?.setPollIntervals({
      restIntervalMs: Math.max(pollIntervalMs, leastMs),
      ...(moving === undefined ? {} : { movingIntervalMs: moving }),
    });
  }

  #leads(): void {
    this.#notifier.status('leading');
    const { identity, fencingToken = 0 } = this.#lead ?? {};
    if (identity !== undefined && fencingToken > 0) {
      const message = `${identity} leads now, after ${fencingToken} before it`;
      this.#announcer.tell('Lease', 'ecsm-operator', 'Normal', 'LeaderElected', message);
    }
    this.#manifests?.poke();
    this.#backups?.replan();
    const { revisionsLost: lost } = this.#options.registry.sqlite;
    if (lost === undefined) return;
    const message = lossInWords(lost);
    this.#log.error({ from: lost.from, to: lost.to }, message);
    this.#announcer.tell('Registry', 'registry', 'Warning', 'RevisionsLost', message);
  }

  #acts(key: ObjectKey, action: Action): void {
    // It will not be done: the connection refuses to write for one that no longer leads.
    if (this.#lead?.isHeld === false) return;
    // Another try of what did not succeed is no news.
    if (!this.#contest.intend(key, action)) return;
    this.#metrics?.acted(action);
    this.#log.info({ object: formatKey(key), action: action.type }, action.reason);
    this.#options.onAction(key, action);
  }

  #contested(key: ObjectKey, { name }: Action): void {
    this.#metrics?.contested();
    const message =
      `${name} was set right three times within 10 minutes: the platform does not keep it, or somebody undoes it, perhaps ` +
      `another operator with the id "${this.#settings.operatorId}" and a registry of its own`;
    this.#log.warn({ object: formatKey(key) }, message);
    this.#announcer.tell('Platform', name, 'Warning', 'Contested', message);
  }

  #polled(record: PollRecord): void {
    this.#metrics?.polled(record);
    this.#clockJumps.look();
    this.#certificates.look();
    const cost = this.#costs.takeLook();
    const { requestBudget, byteBudget } = this.#settings;
    if (requestBudget !== undefined || byteBudget !== undefined) this.#setPace(this.#budget.paceMs(cost));
    const reachable = record.error === undefined;
    if (reachable === this.#reachable) return;
    const host = new URL(this.#options.platformUrl).host;
    if (!reachable) this.#announcer.tell('Platform', host, 'Warning', 'Unreachable', messageLine(record.error));
    else if (this.#reachable === false)
      this.#announcer.tell('Platform', host, 'Normal', 'Reachable', 'it answers again');
    this.#reachable = reachable;
  }

  #registryTroubled(trouble: Trouble | undefined): void {
    if (trouble === undefined) this.#log.info({}, 'the registry can be written again');
    else this.#log.error({ trouble: trouble.what }, trouble.message);
    // Nothing that is written from now on would be seen by anybody.
    if (trouble?.what === 'replaced') this.#fail(new RegistryFailure(trouble.message));
  }

  readonly #checkRegistry: HealthCheck = async () => {
    const { store, sqlite } = this.#options.registry;
    // At rest nobody else may look at the file for a while; what it suffers from is noted as trouble.
    await store.revision().catch(() => undefined);
    if (store.trouble !== undefined) throw new Error(`${store.trouble.what}: ${store.trouble.message}`);
    const { revisionsLost } = sqlite;
    if (revisionsLost !== undefined) throw new Error(lossInWords(revisionsLost));
  };
}

function lossInWords({ from, to }: { readonly from: number; readonly to: number }): string {
  return (
    `acknowledged revisions ${from} to ${to} are missing from the registry: its file was cut or put back; ` +
    'apply your manifests again, then run: ecsm-operator registry acknowledge'
  );
}
