/** A parsed query string: repeated parameters are arrays. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A parameter's one value; the first of several. */
export function text(query: Query, name: string): string | undefined {
  const value = query[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

/** A parameter as an integer; `undefined` when it is absent or none. */
export function integer(query: Query, name: string): number | undefined {
  const value = text(query, name);
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

/** A repeated parameter: `ids[]=a&ids[]=b`, also without brackets. */
export function list(query: Query, name: string): readonly string[] {
  const value = query[`${name}[]`] ?? query[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
