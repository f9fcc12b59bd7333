import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** Something is broken on this side, for instance stored data that cannot be read. */
export class InternalError extends ApiError {
  override readonly name = 'InternalError';

  constructor(options: ApiErrorOptions) {
    super('InternalError', options);
  }
}

/** Whether something thrown is a {@link InternalError}, also of another copy of this package. */
export function isInternalError(error: unknown): error is InternalError {
  return isApiError(error) && error.reason === 'InternalError';
}
