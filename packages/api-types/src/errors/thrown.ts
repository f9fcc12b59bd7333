import { showValue } from '../show-value.js';

/**
 * Whether something thrown is an `Error` that can be looked into. Anything can be thrown, also an object that throws when
 * it is touched: a revoked proxy, a getter that fails.
 */
export function isReadableError(thrown: unknown): thrown is Error {
  try {
    if (!(thrown instanceof Error)) return false;
    const { name, message, stack = '' } = thrown;
    Reflect.get(thrown, 'cause'); // throws here or nowhere
    return [name, message, stack].every((text) => typeof text === 'string');
  } catch {
    return false;
  }
}

/** What was thrown, as an error that can be looked into. */
export function asError(thrown: unknown): Error {
  return isReadableError(thrown) ? thrown : new Error(`not an Error was thrown: ${showValue(thrown)}`);
}

/** What was thrown, in the words of its message or, when it has none, as it is. */
export function messageOf(thrown: unknown): string {
  return isReadableError(thrown) ? thrown.message : showValue(thrown);
}

/** Whether a value carries a brand, also when it was made by another copy of a package. */
export function hasBrand(value: unknown, brand: symbol): boolean {
  try {
    return typeof value === 'object' && value !== null && brand in value;
  } catch {
    return false;
  }
}
