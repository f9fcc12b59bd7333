import type { StoreKey, StoreRange } from '../store.js';

/** A key as one string, for maps. */
export function keyText(key: StoreKey): string {
  // A length cannot be forged by what a name contains, unlike a separator.
  return `${key.kind.length}:${key.namespace.length}:${key.kind}${key.namespace}${key.name}`;
}

/** Orders strings by code point, as SQLite orders UTF-8; `<` orders by UTF-16 unit, which differs beyond the BMP. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  if (index === length) return a.length - b.length;
  const left = a.charCodeAt(index);
  const right = b.charCodeAt(index);
  const leftIsSurrogate = left >= 0xd800 && left <= 0xdfff;
  const rightIsSurrogate = right >= 0xd800 && right <= 0xdfff;
  if (leftIsSurrogate === rightIsSurrogate) return left - right;
  return leftIsSurrogate ? 1 : -1;
}

/** The order of lists: by namespace, then by name. */
export function compareKeys(a: Pick<StoreKey, 'namespace' | 'name'>, b: Pick<StoreKey, 'namespace' | 'name'>): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

/** Whether a key is of what a range or a watch shows. */
export function isInRange(key: StoreKey, range: Pick<StoreRange, 'kind' | 'namespace'>): boolean {
  return key.kind === range.kind && (range.namespace === undefined || key.namespace === range.namespace);
}
