import { readPath } from '@ecsm/api-types';

import { cellText } from './cell-text.js';

/** Items in order of a field, numbers by size and texts by letter; those without the field come first. */
export function sortItems<T extends object>(items: readonly T[], path: string | undefined): readonly T[] {
  if (path === undefined) return items;
  const field = fieldOf(path);
  return [...items].sort((a, b) => compare(readPath(a, field), readPath(b, field)));
}

/** Whether any item has a field to sort by. */
export function hasField(items: readonly object[], path: string): boolean {
  const field = fieldOf(path);
  return items.some((item) => readPath(item, field) !== undefined);
}

/** The path of a field, which may stand in braces as JSONPath has it. */
function fieldOf(path: string): string {
  return path.replace(/^\{(.*)\}$/, '$1');
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = cellText(a) ?? '';
  const right = cellText(b) ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}
