import type { Logger } from '@ecsm/controller-runtime';

/** The mark by which managers of the controller runtime say whether a rejection belongs to one of their runs. */
const claims = Symbol.for('@ecsm/controller-runtime:claims-rejection');

interface ManagersListener {
  [claims](): boolean;
}

function isManagers(listener: object): listener is ManagersListener {
  return claims in listener;
}

/**
 * Keeps the process alive when a promise that nobody listens to is rejected, and logs it; those of a run are told by the
 * controller runtime, with their object.
 */
export class ForgottenPromises implements AsyncDisposable {
  readonly #listener: (reason: unknown) => void;

  constructor(log: Logger, onRejection: () => void) {
    this.#listener = (reason) => {
      onRejection();
      if (process.listeners('unhandledRejection').some((each) => isManagers(each) && each[claims]())) return;
      log.error({ err: reason }, 'a promise was rejected and nobody listened: this is a mistake in the program');
    };
    process.on('unhandledRejection', this.#listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    process.off('unhandledRejection', this.#listener);
    return Promise.resolve();
  }
}
