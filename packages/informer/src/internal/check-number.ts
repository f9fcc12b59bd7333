/**
 * Checks a number that a user gave.
 *
 * @throws RangeError when it is not above the limit
 */
export function checkAbove(name: string, value: number, limit: number): void {
  if (!(value > limit)) throw new RangeError(`${name} must be above ${limit}, got ${value}`);
}

/**
 * Checks a number that a user gave.
 *
 * @throws RangeError when it is below zero or no number
 */
export function checkNotNegative(name: string, value: number): void {
  if (!(value >= 0)) throw new RangeError(`${name} must be 0 or more, got ${value}`);
}
