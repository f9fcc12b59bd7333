import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** The call itself makes no sense, whatever is stored; repeating it is useless. */
export class BadRequestError extends ApiError {
  override readonly name = 'BadRequestError';

  constructor(options: ApiErrorOptions) {
    super('BadRequest', options);
  }
}

/** Whether something thrown is a {@link BadRequestError}, also of another copy of this package. */
export function isBadRequestError(error: unknown): error is BadRequestError {
  return isApiError(error) && error.reason === 'BadRequest';
}
