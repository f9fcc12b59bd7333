import { readPath } from '@ecsm/api-types';

import { cellText } from './cell-text.js';

/** Items in order of a field, numbers by size and texts by letter; those without the field come first. */
export function sortItems<T extends object>(items: readonly T[], path: string | undefined): readonly T[] {
  if (path === undefined) return items;
  const field = path.replace(/^\{(.*)\}$/, '$1');
  return [...items].sort((a, b) => compare(readPath(a, field), readPath(b, field)));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = cellText(a) ?? '';
  const right = cellText(b) ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}
