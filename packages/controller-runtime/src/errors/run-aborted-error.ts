import { hasBrand } from '@ecsm/api-types';

/** Why a run was told to end. */
export const abortReasons = ['shutdown', 'lostLease', 'timeout'] as const;

/** Why a run was told to end: the program stops, the lock was lost, or the run took too long. */
export type AbortReason = (typeof abortReasons)[number];

const brand = Symbol.for('@ecsm/controller-runtime/RunAbortedError');

/**
 * The reason a run's signal carries when it aborts, and what its client throws from then on.
 *
 * Nothing to catch: let it end the run.
 */
export class RunAbortedError extends Error {
  override readonly name = 'RunAbortedError';
  /** Stable word for programs. */
  readonly code = 'RUN_ABORTED';
  readonly reason: AbortReason;
  /** Marks the class across copies of this package. */
  readonly [brand] = true;

  constructor(reason: AbortReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Whether something thrown is a {@link RunAbortedError}, also of another copy of this package. */
export function isRunAbortedError(error: unknown): error is RunAbortedError {
  return hasBrand(error, brand);
}

/** Why the signal of a run aborted; `undefined` while it has not, or when something else aborted it. */
export function abortReasonOf(signal: AbortSignal): AbortReason | undefined {
  return signal.aborted && isRunAbortedError(signal.reason) ? signal.reason.reason : undefined;
}
