import { isApiError, isBadRequestError, isInvalidError } from '@ecsm/api-types';

/** Whether a store may yet take what it refused: it is busy, out of reach, or was written by somebody else in between. */
export function mayPass(error: unknown): boolean {
  return isApiError(error) && !isInvalidError(error) && !isBadRequestError(error);
}
