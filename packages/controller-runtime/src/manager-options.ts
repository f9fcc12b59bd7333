import type { Clock, ResourceClients } from '@ecsm/api-types';
import type { Tracer } from '@opentelemetry/api';
import type { Registry as MetricsRegistry } from 'prom-client';

import type { LeaderLock } from './leader-election/leader-lock.js';
import type { Logger } from './logger.js';
import type { RunRecord } from './run/run-record.js';

/** Where a small HTTP server listens. */
export interface ListenOptions {
  /** @defaultValue `'127.0.0.1'`: only this machine */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Options of a manager. */
export interface ManagerOptions {
  /** Reads and writes objects: a registry, or any other store behind the same interface. */
  readonly clients: ResourceClients;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** @defaultValue lines of text on standard error; pass `silentLogger` for none */
  readonly logger?: Logger;
  /** The prom-client registry that receives the metrics; without it nothing is measured. */
  readonly metrics?: MetricsRegistry;
  /** OpenTelemetry tracer: one span for each run. */
  readonly tracer?: Tracer;
  /** Lets one of several processes work, for instance a `LeaseLock` or a `SqliteLock`; without it this one always does. */
  readonly leaderElection?: LeaderLock;
  /** Serves `/healthz` and `/readyz`; without it nothing listens. */
  readonly health?: ListenOptions;
  /** Serves `/metrics`; may name the same address as `health`. Needs `metrics`. */
  readonly metricsServer?: ListenOptions;
  /**
   * How long runs in flight may take to end when the manager stops, in milliseconds; 0 does not wait, `Infinity` waits
   * without limit. Afterwards they are aborted and left behind.
   *
   * @defaultValue `30_000`
   */
  readonly gracefulShutdownTimeoutMs?: number;
  /**
   * Catches rejections of promises that a run started and forgot, and reports them with controller, key and attempt,
   * instead of ending the process. Rejections from elsewhere end the process as ever. Costs some speed.
   *
   * @defaultValue `false`
   */
  readonly handleUnhandledRejections?: boolean;
  /**
   * A run that blocks the event loop for this many milliseconds is reported afterwards; `Infinity` turns the watch off.
   *
   * @defaultValue `1_000`
   */
  readonly blockedLoopThresholdMs?: number;
  /** Hears of every run after its end, for audits and tests. Must be quick and must not throw. */
  readonly onRun?: (record: RunRecord) => void;
  /** Takes secrets out of error messages and events before they are logged, traced, stored or shown on health pages. */
  readonly redact?: (message: string) => string;
}
