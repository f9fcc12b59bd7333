import { inspect } from 'node:util';

const maxLength = 1000;

/** Any value in one line of at most a thousand letters, whatever it is: also a ring, a bigint, or what throws when it is touched. */
export function showValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : (asJson(value) ?? inspected(value));
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** One line that tells what a value is; the outermost level alone, since there may be secrets or ten thousand lines below. */
export function showBriefly(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 3 });
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
