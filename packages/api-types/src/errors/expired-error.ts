import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** The revision or continue token is older than what is kept: list again. */
export class ExpiredError extends ApiError {
  override readonly name = 'ExpiredError';

  constructor(options: ApiErrorOptions) {
    super('Expired', options);
  }
}

/** Whether something thrown is a {@link ExpiredError}, also of another copy of this package. */
export function isExpiredError(error: unknown): error is ExpiredError {
  return isApiError(error) && error.reason === 'Expired';
}
