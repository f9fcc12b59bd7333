import type { InformerHealth } from '@ecsm/informer';
import type { WorkQueueMeasurements, WorkQueueMetrics } from '@ecsm/workqueue';

/** How a run ended, for the metrics. */
export const runResults = ['success', 'error', 'requeue', 'requeue_after'] as const;

/** How a run ended, for the metrics. */
export type RunResult = (typeof runResults)[number];

/** Receives the figures of one controller. */
export interface ControllerMeter {
  resized(concurrency: number): void;
  runStarted(): void;
  runEnded(result: RunResult, seconds: number, attempt: number): void;
  terminal(): void;
  panicked(): void;
  timedOut(): void;
  gaveUp(): void;
}

/** Receives the figures of a manager. */
export interface Meter {
  /** @param measure - read when the metrics are collected */
  queue(controller: string, measure: () => WorkQueueMeasurements): WorkQueueMetrics | undefined;
  controller(name: string, concurrency: number): ControllerMeter;
  relisted(kind: string, reason: string): void;
  leading(lock: string, leads: boolean): void;
  renewedSlowly(lock: string): void;
  /** @param read - read when the metrics are collected */
  informers(read: () => readonly { readonly kind: string; readonly health: InformerHealth }[]): void;
  /** Reads nothing any more; what was counted stays. */
  close(): void;
}

const nothing = (): void => undefined;

const noControllerMeter: ControllerMeter = {
  resized: nothing,
  runStarted: nothing,
  runEnded: nothing,
  terminal: nothing,
  panicked: nothing,
  timedOut: nothing,
  gaveUp: nothing,
};

/** Measures nothing, at no cost. */
export const noMeter: Meter = {
  queue: () => undefined,
  controller: () => noControllerMeter,
  relisted: nothing,
  leading: nothing,
  renewedSlowly: nothing,
  informers: nothing,
  close: nothing,
};
