import type { Logger } from '@ecsm/controller-runtime';

/** The mark by which managers of the controller runtime say whether a rejection belongs to one of their runs. */
const claims = Symbol.for('@ecsm/controller-runtime:claims-rejection');

function claimsIt(listener: object): boolean {
  return claims in listener && typeof listener[claims] === 'function' && listener[claims]() === true;
}

/**
 * Keeps the process alive when a promise that nobody listens to is rejected, and logs it; those of a run are told by the
 * controller runtime, with their object.
 */
export class ForgottenPromises implements Disposable {
  readonly #listener: (reason: unknown) => void;

  constructor(log: Logger, onRejection: () => void) {
    this.#listener = (reason) => {
      onRejection();
      if (process.listeners('unhandledRejection').some((each) => claimsIt(each))) return;
      log.error({ err: reason }, 'a promise was rejected and nobody listened: this is a mistake in the program');
    };
    process.on('unhandledRejection', this.#listener);
  }

  [Symbol.dispose](): void {
    process.off('unhandledRejection', this.#listener);
  }
}
