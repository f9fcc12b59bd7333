import type { Task } from './model.js';
import { hasHealthCheck } from './task-views.js';
import type { Timeline } from './timeline.js';

/** Whether an instance's container would pass its check at the moment. */
type IsWell = (task: Task) => boolean;

/** Called when an instance's health has changed. */
type HealthChange = (task: Task) => void;

/**
 * The platform's VSOA health checks.
 *
 * No probe runs: a verdict is due once, when the probes would have reached it, and again when the container's condition
 * changes. An idle cluster stays idle.
 */
export class HealthChecks {
  readonly #timeline: Timeline;
  readonly #isWell: IsWell;
  readonly #onChange: HealthChange;

  constructor(timeline: Timeline, isWell: IsWell, onChange: HealthChange) {
    this.#timeline = timeline;
    this.#isWell = isWell;
    this.#onChange = onChange;
  }

  /** The container has just started: its first verdict comes after the start period. */
  begin(task: Task): void {
    const { healthStartPeriod = 0 } = task.service.image.vsoa ?? {};
    this.#expect(task, healthStartPeriod + (this.#isWell(task) ? 0 : this.#patienceMs(task)));
  }

  /** The container's condition has changed while it runs. */
  reconsider(task: Task): void {
    const { healthInterval = 5000 } = task.service.image.vsoa ?? {};
    this.#expect(task, this.#isWell(task) ? healthInterval : this.#patienceMs(task));
  }

  /** Carries on with the verdict that was pending in a saved state. */
  resume(task: Task, inMs: number): void {
    task.healthTimer?.cancel();
    task.healthTimer = this.#timeline.after(inMs, () => {
      task.healthTimer = undefined;
      const health = this.#isWell(task) ? 'healthy' : 'unhealthy';
      if (health === task.health) return;
      task.health = health;
      this.#onChange(task);
    });
  }

  #expect(task: Task, inMs: number): void {
    if (hasHealthCheck(task.service)) this.resume(task, inMs);
  }

  /** How long probes may fail before the verdict. */
  #patienceMs(task: Task): number {
    const { healthInterval = 5000, healthRetries = 3, healthTimeout = 0 } = task.service.image.vsoa ?? {};
    return healthInterval * healthRetries + healthTimeout;
  }
}
