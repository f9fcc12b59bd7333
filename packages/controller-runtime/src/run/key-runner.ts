import { assertOutcome, type Outcome } from '../outcome.js';
import type { ReconcileKeyFunction, RunContext } from '../reconciler.js';
import type { Runner } from './runner.js';

/** Hands keys to a function as they are. */
export class KeyRunner implements Runner {
  readonly #reconcile: ReconcileKeyFunction;

  constructor(reconcile: ReconcileKeyFunction) {
    this.#reconcile = reconcile;
  }

  async run(context: RunContext): Promise<Outcome> {
    const outcome = await this.#reconcile(context.key, context);
    assertOutcome(outcome);
    return outcome;
  }

  giveUp(): Promise<void> {
    return Promise.resolve();
  }
}
