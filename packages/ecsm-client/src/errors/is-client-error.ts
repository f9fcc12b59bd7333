import type { ApiError } from './api-error.js';
import { type ClientErrorCode, clientErrorCodes, type EcsmClientError } from './ecsm-client-error.js';
import type { OutcomeUnknownError } from './outcome-unknown-error.js';

function hasCode(error: unknown): error is Error & { readonly code: unknown } {
  return error instanceof Error && 'code' in error;
}

/** Whether this is an error of this package, also of another copy of it; with `code`, of that kind. */
export function isEcsmClientError(error: unknown, code?: ClientErrorCode): error is EcsmClientError {
  if (!hasCode(error) || !('method' in error)) return false;
  return code === undefined ? clientErrorCodes.some((known) => known === error.code) : error.code === code;
}

/** Whether a write may or may not have been carried out. */
export function isOutcomeUnknownError(error: unknown): error is OutcomeUnknownError {
  return isEcsmClientError(error, 'OutcomeUnknown');
}

/** Whether the platform said in its own words that the thing does not exist; a proxy's 404 is not that. */
export function isNotFoundError(error: unknown): error is ApiError {
  return isEcsmClientError(error, 'ApiError') && 'reason' in error && error.reason === 'NotFound';
}
