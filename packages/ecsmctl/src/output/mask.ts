/** What stands in place of a secret. */
export const masked = '******';

const secretKey = /^(?:password|passwd|secret|token)$/i;

/** A copy with every password replaced, for everything but the yaml and json of the object itself. */
export function maskSecrets<T>(value: T): T {
  return mask(value) as T;
}

function mask(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretKey.test(key) && typeof inner === 'string' && inner !== '' ? masked : mask(inner),
    ]),
  );
}
