/** A flag, variable or field that makes no sense; the message names it, its value and the rule. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
