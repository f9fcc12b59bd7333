import { sharedAbortController, type Clock } from '@ecsm/api-types';

import type { Leadership } from '../leader-election/leader-lock.js';
import type { Runnable } from '../runnable.js';
import { settlesWithin } from './settles-within.js';

/** A runnable and what was said of it. */
export interface RunnableEntry {
  readonly name: string;
  readonly runnable: Runnable;
  readonly leaderElected: boolean;
}

/** Runnables that start and stop together. */
export class RunnableGroup {
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  readonly #stopping = sharedAbortController();
  readonly #running = new Map<RunnableEntry, Promise<void>>();

  /** @param onFailure - hears of every runnable that rejects, also while it stops */
  constructor(clock: Clock, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  start(entries: readonly RunnableEntry[], leadership: Leadership | undefined): void {
    for (const entry of entries) {
      const running = this.#run(entry.runnable, leadership).finally(() => this.#running.delete(entry));
      this.#running.set(entry, running);
    }
  }

  /** Tells all to end and waits; returns the names of those that did not end in time. */
  async stop(waitMs: number, reason: Error): Promise<readonly string[]> {
    this.#stopping.abort(reason);
    const ended = Promise.all(this.#running.values());
    if (waitMs > 0) await settlesWithin(this.#clock, ended, waitMs);
    return Array.from(this.#running.keys(), ({ name }) => name);
  }

  async #run(runnable: Runnable, leadership: Leadership | undefined): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await runnable({ signal, leadership });
    } catch (error) {
      // Ending with the reason it was told to end for is the way to end.
      if (!(signal.aborted && error === signal.reason)) this.#onFailure(error);
    }
  }
}
