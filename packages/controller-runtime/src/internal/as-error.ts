import { showValue } from './show-value.js';

/** What was thrown, as an error: anything at all can be thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`not an Error was thrown: ${showValue(thrown)}`);
}
