/** A copy of parsed JSON that shares nothing with it; several times as fast as `structuredClone`, which allows for more. */
export function cloneJson<T>(value: T): T;
export function cloneJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => cloneJson(each));
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = cloneJson((value as Readonly<Record<string, unknown>>)[key]);
  return copy;
}
