import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** There is no such object. */
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';

  constructor(options: ApiErrorOptions) {
    super('NotFound', options);
  }
}

/** Whether something thrown is a {@link NotFoundError}, also of another copy of this package. */
export function isNotFoundError(error: unknown): error is NotFoundError {
  return isApiError(error) && error.reason === 'NotFound';
}
