import type { ApiErrorReason, ApiFailure } from '../errors/api-error.js';

/**
 * The one table from status to reason. The platform's error codes are not published; its envelope is assumed to use
 * HTTP's numbers, and to be more exact than the HTTP status around it.
 */
const reasons: Readonly<Record<number, ApiErrorReason>> = {
  400: 'BadRequest',
  401: 'Forbidden',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  422: 'BadRequest',
  429: 'TooManyRequests',
  500: 'ServerError',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
};

/** The reason of a refusal, from its numbers alone: a message that mentions "not found" may be about another thing. */
export function apiErrorReason(failure: ApiFailure): ApiErrorReason {
  return (
    reasons[failure.envelopeStatus] ??
    (failure.httpStatus >= 400 ? reasons[failure.httpStatus] : undefined) ??
    'Unknown'
  );
}
