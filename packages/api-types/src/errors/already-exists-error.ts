import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** An object of that name exists already. */
export class AlreadyExistsError extends ApiError {
  override readonly name = 'AlreadyExistsError';

  constructor(options: ApiErrorOptions) {
    super('AlreadyExists', options);
  }
}

/** Whether something thrown is a {@link AlreadyExistsError}, also of another copy of this package. */
export function isAlreadyExistsError(error: unknown): error is AlreadyExistsError {
  return isApiError(error) && error.reason === 'AlreadyExists';
}
