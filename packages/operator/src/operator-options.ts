import type { Clock, ObjectKey, ResourceClients } from '@ecsm/api-types';
import type {
  HealthCheck,
  LeaderLock,
  ListenOptions,
  Logger,
  ManagerOptions,
  RunRecord,
} from '@ecsm/controller-runtime';
import type { Clientset } from '@ecsm/ecsm-client';
import type { Action } from '@ecsm/planner';
import type { Registry as MetricsRegistry } from 'prom-client';

import type { MetricSource } from './autoscale/metric-source.js';

import type { DetailPace } from './platform/detail-rotation.js';
import type { PollRecord } from './platform/observation.js';
import type { DriftOutcome } from './service/lessons.js';

/** Options of {@link Operator}. */
export interface OperatorOptions extends DetailPace {
  /** Where the objects are: a registry. The operator does not close it. */
  readonly registry: ResourceClients;
  /** The platform. The operator does not close it. */
  readonly clientset: Clientset;
  /**
   * Tells operators on one platform apart. It is part of the names and marks of all platform services: keep it for ever.
   *
   * @defaultValue `default`
   */
  readonly operatorId?: string;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** @defaultValue none */
  readonly logger?: Logger;
  /**
   * Milliseconds between two looks at the platform while nothing moves.
   *
   * @defaultValue `30_000`
   */
  readonly pollIntervalMs?: number;
  /**
   * Milliseconds between two looks at the platform while something moves.
   *
   * @defaultValue `2_000`, or `10_000` on a slow link
   */
  readonly movingPollIntervalMs?: number;
  /**
   * Objects worked on at the same time.
   *
   * @defaultValue `4`
   */
  readonly concurrency?: number;
  /**
   * Milliseconds between two looks at the metrics of autoscalers.
   *
   * @defaultValue `15_000`
   */
  readonly autoscalePeriodMs?: number;
  /**
   * Where the values of autoscalers' External metrics come from; asked in this order.
   *
   * @defaultValue none
   */
  readonly metricSources?: readonly MetricSource[];
  /** Lets one of several operators work; without it this one always does. */
  readonly leaderElection?: LeaderLock;
  /** The prom-client registry that receives the metrics; without it nothing is measured. */
  readonly metrics?: MetricsRegistry;
  /** Serves `/metrics`; needs `metrics`. */
  readonly metricsServer?: ListenOptions;
  /** Serves `/healthz` and `/readyz`; without it nothing listens. */
  readonly health?: ListenOptions;
  /**
   * How long runs in flight may take to end at a stop, in milliseconds.
   *
   * @defaultValue `30_000`
   */
  readonly gracefulShutdownTimeoutMs?: number;
  /** OpenTelemetry tracer: one span for each run. */
  readonly tracer?: NonNullable<ManagerOptions['tracer']>;
  /**
   * Reports rejections of promises that a run forgot, with object and attempt, instead of ending the process.
   *
   * @defaultValue `false`
   */
  readonly handleUnhandledRejections?: boolean;
  /** More checks for `/readyz`, by name. */
  readonly readyChecks?: Readonly<Record<string, HealthCheck>>;
  /** Hears of every run after its end. Must be quick and must not throw. */
  readonly onRun?: (record: RunRecord) => void;
  /** Hears of every look at the platform after its end. Must be quick and must not throw. */
  readonly onPoll?: (record: PollRecord) => void;
  /** Told of fields that differ on the platform from what is declared. Must be quick and must not throw. */
  readonly onDrift?: (key: ObjectKey, outcome: DriftOutcome, fields: number) => void;
  /** Told what is about to be done on the platform. */
  readonly onAction?: (key: ObjectKey, action: Action) => void;
}
