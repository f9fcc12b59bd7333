import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** The store cannot serve now, for instance because the disk is full; earlier data is intact. */
export class UnavailableError extends ApiError {
  override readonly name = 'UnavailableError';

  constructor(options: ApiErrorOptions) {
    super('ServiceUnavailable', options);
  }
}

/** Whether something thrown is a {@link UnavailableError}, also of another copy of this package. */
export function isUnavailableError(error: unknown): error is UnavailableError {
  return isApiError(error) && error.reason === 'ServiceUnavailable';
}
