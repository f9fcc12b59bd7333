import { inspect } from 'node:util';

/** Any value in one line, whatever it is: also a ring, a getter that throws, a bigint. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    const json = JSON.stringify(value) as string | undefined;
    if (json !== undefined) return json;
  } catch {
    // No JSON for this one.
  }
  return inspect(value, { breakLength: Infinity });
}
