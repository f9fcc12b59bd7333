import type { InformerHealth } from '@ecsm/informer';
import type { WorkQueueMeasurements, WorkQueueMetrics } from '@ecsm/workqueue';
import type { Registry } from 'prom-client';

import { runResults, type ControllerMeter, type Meter } from './meter.js';
import { runtimeMetrics, type RuntimeMetrics } from './runtime-metrics.js';

/** Hands the figures of a manager to Prometheus metrics. */
export class PrometheusMeter implements Meter {
  readonly #metrics: RuntimeMetrics;
  readonly #takeBack: (() => void)[] = [];

  constructor(registry: Registry) {
    this.#metrics = runtimeMetrics(registry);
  }

  queue(controller: string, measure: () => WorkQueueMeasurements): WorkQueueMetrics {
    const { queue } = this.#metrics;
    const labels = { name: controller, controller };
    queue.adds.inc(labels, 0);
    queue.retries.inc(labels, 0);
    queue.queueDuration.zero(labels);
    queue.workDuration.zero(labels);
    const collect = (): void => {
      const now = measure();
      for (const { priority, depth, oldestAgeSeconds } of now.priorities) {
        queue.depth.set({ ...labels, priority }, depth);
        queue.oldestAge.set({ ...labels, priority }, oldestAgeSeconds);
      }
      if (now.priorities.length === 0) queue.depth.set({ ...labels, priority: '0' }, 0);
      queue.delayed.set(labels, now.delayed);
      queue.unfinished.set(labels, now.unfinishedWorkSeconds);
      queue.longestRunning.set(labels, now.longestRunningSeconds);
    };
    this.#onCollect(collect);
    return {
      added: () => {
        queue.adds.inc(labels);
      },
      handedOut: (seconds) => {
        queue.queueDuration.observe(labels, seconds);
      },
      finished: (seconds) => {
        queue.workDuration.observe(labels, seconds);
      },
      retried: () => {
        queue.retries.inc(labels);
      },
    };
  }

  controller(name: string, concurrency: number): ControllerMeter {
    const { controller: metrics } = this.#metrics;
    const labels = { controller: name };
    for (const result of runResults) metrics.runs.inc({ ...labels, result }, 0);
    const counters = [metrics.errors, metrics.terminalErrors, metrics.panics, metrics.timeouts, metrics.giveUps];
    for (const counter of counters) counter.inc(labels, 0);
    metrics.runTime.zero(labels);
    metrics.attempts.zero(labels);
    metrics.concurrency.set(labels, concurrency);
    metrics.activeWorkers.set(labels, 0);
    return {
      resized: (wanted) => {
        metrics.concurrency.set(labels, wanted);
      },
      runStarted: () => {
        metrics.activeWorkers.inc(labels);
      },
      runEnded: (result, seconds, attempt) => {
        metrics.activeWorkers.dec(labels);
        metrics.runs.inc({ ...labels, result });
        if (result === 'error') metrics.errors.inc(labels);
        metrics.runTime.observe(labels, seconds);
        metrics.attempts.observe(labels, attempt);
      },
      terminal: () => {
        metrics.terminalErrors.inc(labels);
      },
      panicked: () => {
        metrics.panics.inc(labels);
      },
      timedOut: () => {
        metrics.timeouts.inc(labels);
      },
      gaveUp: () => {
        metrics.giveUps.inc(labels);
      },
    };
  }

  relisted(kind: string, reason: string): void {
    this.#metrics.informer.relists.inc({ kind, reason });
  }

  leading(lock: string, leads: boolean): void {
    const { leader } = this.#metrics;
    leader.leads.set({ name: lock }, leads ? 1 : 0);
    leader.slowRenewals.inc({ name: lock }, 0);
  }

  renewedSlowly(lock: string): void {
    this.#metrics.leader.slowRenewals.inc({ name: lock });
  }

  informers(read: () => readonly { readonly kind: string; readonly health: InformerHealth }[]): void {
    const { informer } = this.#metrics;
    this.#onCollect(() => {
      for (const { kind, health } of read()) {
        informer.objects.set({ kind }, health.objects);
        if (health.lastSignAgeMs !== undefined) informer.lastEventAge.set({ kind }, health.lastSignAgeMs / 1000);
        // An opaque version is a number in our stores; elsewhere it may not be.
        const revision = Number(health.resourceVersion);
        if (Number.isFinite(revision)) informer.resourceVersion.set({ kind }, revision);
      }
    });
  }

  close(): void {
    for (const takeBack of this.#takeBack.splice(0)) takeBack();
  }

  #onCollect(collect: () => void): void {
    const { refreshers } = this.#metrics.queue.depth;
    refreshers.add(collect);
    this.#takeBack.push(() => refreshers.delete(collect));
  }
}
