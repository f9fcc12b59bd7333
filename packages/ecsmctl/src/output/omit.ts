/** A copy of an object without some of its fields. */
export function omit<T extends object, K extends keyof T>(object: T, ...fields: readonly K[]): Omit<T, K> {
  const entries = Object.entries(object).filter(([name]) => !(fields as readonly string[]).includes(name));
  return Object.fromEntries(entries) as Omit<T, K>;
}
