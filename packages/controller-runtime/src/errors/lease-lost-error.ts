import { hasBrand } from '@ecsm/api-types';

const brand = Symbol.for('@ecsm/controller-runtime/LeaseLostError');

/**
 * This process is no longer, or not certainly, the leader: the write that was about to happen did not.
 *
 * `Manager.run` rejects with it; start the program again to stand for election anew.
 */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
  /** Stable word for programs. */
  readonly code = 'LEASE_LOST';
  /** Who asked, as the lock knows him. */
  readonly identity: string;
  /** Marks the class across copies of this package. */
  readonly [brand] = true;

  constructor(message: string, options: ErrorOptions & { readonly identity: string }) {
    super(message, options);
    this.identity = options.identity;
  }
}

/** Whether something thrown is a {@link LeaseLostError}, also of another copy of this package. */
export function isLeaseLostError(error: unknown): error is LeaseLostError {
  return hasBrand(error, brand);
}
