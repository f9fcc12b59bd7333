/** A deeply writable copy of a read-only type. */
export type Draft<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends object
    ? { -readonly [K in keyof T]: Draft<T[K]> }
    : T;

/**
 * Returns a changed copy of an object and leaves the original as it is.
 *
 * @example
 * ```ts
 * const scaled = edit(service, (draft) => { draft.spec.deploymentStrategy.replicas = 5; });
 * ```
 */
export function edit<T extends object>(object: T, change: (draft: Draft<T>) => void): T {
  const draft = structuredClone(object) as Draft<T>;
  change(draft);
  return draft as T;
}
