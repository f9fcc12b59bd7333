/** Splits a path such as `.spec.env[0].name` into its steps. */
export function parsePath(path: string): readonly string[] {
  return path
    .replace(/^\./, '')
    .split(/[.[\]]+/)
    .filter((step) => step !== '');
}

/** The value at a path such as `.spec.env[0].name`, or `undefined`. Looks at own properties only. */
export function readPath(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const step of parsePath(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}
