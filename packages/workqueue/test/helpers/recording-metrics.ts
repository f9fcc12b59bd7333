import type { WorkQueueMetrics } from '@ecsm/workqueue';

/** Keeps what a queue reports. */
export class RecordingMetrics implements WorkQueueMetrics {
  adds = 0;
  retries = 0;
  readonly waitedSeconds: number[] = [];
  readonly ranSeconds: number[] = [];

  added(): void {
    this.adds++;
  }
  handedOut(waitedSeconds: number): void {
    this.waitedSeconds.push(waitedSeconds);
  }
  finished(ranSeconds: number): void {
    this.ranSeconds.push(ranSeconds);
  }
  retried(): void {
    this.retries++;
  }
}
