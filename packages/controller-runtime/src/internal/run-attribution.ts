import { AsyncLocalStorage } from 'node:async_hooks';

import type { RunContext } from '../reconciler.js';

/** Marks the listeners of managers, also of other copies of this package, and tells whether a rejection is theirs. */
const claims = Symbol.for('@ecsm/controller-runtime:claims-rejection');

interface ManagersListener {
  /** Whether a run of this manager forgot the promise whose rejection is being reported. */
  [claims](): boolean;
}

/**
 * Knows which run a forgotten promise came from, and keeps its rejection from ending the process.
 *
 * Rejections from elsewhere are thrown on, so that they end the process as they would without this. Several may live in
 * one process: each takes what is its own, and what belongs to none of them ends the process as well.
 */
export class RunAttribution {
  readonly #storage = new AsyncLocalStorage<RunContext>();
  readonly #onRejection: (run: RunContext, reason: unknown) => void;
  readonly #listener: (reason: unknown) => void;

  constructor(onRejection: (run: RunContext, reason: unknown) => void) {
    this.#onRejection = onRejection;
    this.#listener = Object.assign(this.#handle.bind(this), {
      [claims]: () => this.#storage.getStore() !== undefined,
    });
  }

  /** Does something on behalf of a run. */
  within<R>(run: RunContext, action: () => R): R {
    return this.#storage.run(run, action);
  }

  install(): void {
    process.on('unhandledRejection', this.#listener);
  }

  uninstall(): void {
    process.off('unhandledRejection', this.#listener);
    // Node goes on carrying the storage through every promise of the process until it is told not to.
    this.#storage.disable();
  }

  // Node calls this in the asynchronous context of the promise (since 17.4 and 16.14), which leads to its run.
  #handle(reason: unknown): void {
    const run = this.#storage.getStore();
    if (run !== undefined) this.#onRejection(run, reason);
    // With listeners of others, what happens to the rejection is theirs to say.
    else if (process.listeners('unhandledRejection').every((each) => isManagers(each) && !each[claims]())) throw reason;
  }
}

function isManagers(listener: object): listener is ManagersListener {
  return claims in listener;
}
