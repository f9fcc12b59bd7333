import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** The object is larger than an object may be. */
export class TooLargeError extends ApiError {
  override readonly name = 'TooLargeError';

  constructor(options: ApiErrorOptions) {
    super('RequestEntityTooLarge', options);
  }
}

/** Whether something thrown is a {@link TooLargeError}, also of another copy of this package. */
export function isTooLargeError(error: unknown): error is TooLargeError {
  return isApiError(error) && error.reason === 'RequestEntityTooLarge';
}
