import { inspect } from 'node:util';

const maxLength = 1000;

/** Any value in one line of at most a thousand letters, whatever it is: also a ring, a bigint, or what throws when it is touched. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (asJson(value) ?? inspected(value));
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function inspected(value: unknown): string {
  try {
    return inspect(value, { breakLength: Infinity });
  } catch {
    return 'a value that cannot be shown';
  }
}
