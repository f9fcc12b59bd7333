/** A value found in an object as text of one cell; `undefined` when there is none. */
export function cellText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
