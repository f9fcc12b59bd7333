import { hasBrand, showBriefly } from '@ecsm/api-types';

const brand = Symbol.for('@ecsm/controller-runtime/RetryAfterError');

/**
 * A failure whose retry has a known time, for instance from a `Retry-After` header: it counts as a failure, and the next
 * run comes after `afterMs` instead of the key's backoff.
 */
export class RetryAfterError extends Error {
  override readonly name = 'RetryAfterError';
  /** Stable word for programs. */
  readonly code = 'RETRY_AFTER';
  /** Milliseconds until the next run. */
  readonly afterMs: number;
  /** Marks the class across copies of this package. */
  readonly [brand] = true;

  /** @throws TypeError when the time is not a number */
  constructor(message: string, options: ErrorOptions & { readonly afterMs: number }) {
    super(message, options);
    const afterMs: unknown = (options as Partial<typeof options> | undefined)?.afterMs;
    if (typeof afterMs !== 'number' || Number.isNaN(afterMs)) {
      throw new TypeError(
        `RetryAfterError takes afterMs as a number of milliseconds, got ${showBriefly(afterMs)}: write new RetryAfterError(message, { afterMs })`,
      );
    }
    this.afterMs = afterMs;
  }
}

/** Whether something thrown is a {@link RetryAfterError}, also of another copy of this package. */
export function isRetryAfterError(error: unknown): error is RetryAfterError {
  return hasBrand(error, brand);
}
