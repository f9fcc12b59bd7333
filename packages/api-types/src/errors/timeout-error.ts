import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** The call took longer than it may; whether it took effect is for the caller to find out. */
export class TimeoutError extends ApiError {
  override readonly name = 'TimeoutError';

  constructor(options: ApiErrorOptions) {
    super('Timeout', options);
  }
}

/** Whether something thrown is a {@link TimeoutError}, also of another copy of this package. */
export function isTimeoutError(error: unknown): error is TimeoutError {
  return isApiError(error) && error.reason === 'Timeout';
}
