import { readPath } from '@ecsm/api-types';

/** Items in order of a field, numbers by size and texts by letter; those without the field come first. */
export function sortItems<T extends object>(items: readonly T[], path: string | undefined): readonly T[] {
  if (path === undefined) return items;
  const field = path.replace(/^\{(.*)\}$/, '$1');
  return [...items].sort((a, b) => compare(readPath(a, field), readPath(b, field)));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = a === undefined || a === null ? '' : String(a as string | number | boolean);
  const right = b === undefined || b === null ? '' : String(b as string | number | boolean);
  return left < right ? -1 : left > right ? 1 : 0;
}
