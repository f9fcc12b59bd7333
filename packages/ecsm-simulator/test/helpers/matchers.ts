import { expect } from 'vitest';

/** Any text, in an expected object. */
export const anyText: unknown = expect.any(String);

/** Any number, in an expected object. */
export const anyNumber: unknown = expect.any(Number);

/** Any array, in an expected object. */
export const anyArray: unknown = expect.any(Array);

/** A text of a form, in an expected object. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
