/** Which package may import which: the layers of the system, arrows only downwards. */
export const allowedImports: Readonly<Record<string, readonly string[]>>;
