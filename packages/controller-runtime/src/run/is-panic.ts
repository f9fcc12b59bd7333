import { isReadableError } from '@ecsm/api-types';

/**
 * Whether something thrown looks like a programming error rather than a failure of the world: no `Error` at all, or one
 * of those that the language itself throws. A `TypeError` or `RangeError` with a cause was made on purpose (fetch wraps
 * network failures so) and is an ordinary failure.
 */
export function isPanic(error: unknown): boolean {
  if (!isReadableError(error)) return true;
  if (error instanceof ReferenceError || error instanceof SyntaxError) return true;
  return (error instanceof TypeError || error instanceof RangeError) && error.cause === undefined;
}
