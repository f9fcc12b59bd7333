/** Whether an answer holds what the types promise, an object of the kind: the source may be somebody else's server. */
export function isObjectOf(kind: string, answer: unknown): boolean {
  const object = answer as Claimed | null | undefined;
  const { name, resourceVersion } = object?.metadata ?? {};
  return object?.kind === kind && typeof name === 'string' && typeof resourceVersion === 'string';
}

interface Claimed {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown; readonly resourceVersion?: unknown } | null;
}
