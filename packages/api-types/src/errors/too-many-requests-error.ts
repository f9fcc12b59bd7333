import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** The other side asks for fewer calls; try again later. */
export class TooManyRequestsError extends ApiError {
  override readonly name = 'TooManyRequestsError';

  constructor(options: ApiErrorOptions) {
    super('TooManyRequests', options);
  }
}

/** Whether something thrown is a {@link TooManyRequestsError}, also of another copy of this package. */
export function isTooManyRequestsError(error: unknown): error is TooManyRequestsError {
  return isApiError(error) && error.reason === 'TooManyRequests';
}
