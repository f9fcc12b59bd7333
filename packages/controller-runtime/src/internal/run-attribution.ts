import { AsyncLocalStorage } from 'node:async_hooks';

import type { RunContext } from '../reconciler.js';

/**
 * Knows which run a forgotten promise came from, and keeps its rejection from ending the process.
 *
 * Rejections from elsewhere are thrown on, so that they end the process as they would without this.
 */
export class RunAttribution {
  readonly #storage = new AsyncLocalStorage<RunContext>();
  readonly #onRejection: (run: RunContext, reason: unknown) => void;

  constructor(onRejection: (run: RunContext, reason: unknown) => void) {
    this.#onRejection = onRejection;
  }

  /** Does something on behalf of a run. */
  within<R>(run: RunContext, action: () => R): R {
    return this.#storage.run(run, action);
  }

  install(): void {
    process.on('unhandledRejection', this.#handle);
  }

  uninstall(): void {
    process.off('unhandledRejection', this.#handle);
    // Node goes on carrying the storage through every promise of the process until it is told not to.
    this.#storage.disable();
  }

  // Node calls this in the asynchronous context of the promise (since 17.4 and 16.14), which leads to its run.
  readonly #handle = (reason: unknown): void => {
    const run = this.#storage.getStore();
    if (run !== undefined) this.#onRejection(run, reason);
    // With listeners of others, what happens to the rejection is theirs to say.
    else if (process.listenerCount('unhandledRejection') === 1) throw reason;
  };
}
