import { escapeQuery } from './path-segments.js';

/**
 * Splits ids over as few requests as the length of a URL allows, each `name[]=id` taking its part of it.
 *
 * @param room - characters left for ids in one URL
 */
export function splitIds(ids: readonly string[], parameter: string, room: number): readonly (readonly string[])[] {
  const overhead = escapeQuery(`${parameter}[]`).length + 2; // "=" and "&"
  const parts: string[][] = [];
  let part: string[] = [];
  let used = 0;
  for (const id of new Set(ids)) {
    const length = escapeQuery(id).length + overhead;
    if (part.length > 0 && used + length > room) {
      parts.push(part);
      part = [];
      used = 0;
    }
    part.push(id);
    used += length;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
