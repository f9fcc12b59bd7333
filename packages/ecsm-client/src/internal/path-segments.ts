/**
 * Joins path segments, each escaped on its own.
 *
 * @returns the path, or what is wrong with a segment
 */
export function joinSegments(segments: readonly string[]): { readonly path: string } | { readonly problem: string } {
  const escaped: string[] = [];
  for (const segment of segments) {
    if (typeof segment !== 'string') return { problem: `a part of the path is ${typeof segment}, not text` };
    if (segment.trim() === '') {
      return {
        problem: `a part of the path after "/${escaped.join('/')}" is empty: an empty id would name the whole list`,
      };
    }
    // URL parsers resolve these even when escaped, so they cannot be sent at all.
    if (segment === '.' || segment === '..') return { problem: `"${segment}" cannot be a part of the path` };
    try {
      escaped.push(encodeURIComponent(segment));
    } catch {
      return { problem: `${JSON.stringify(segment)} is not well-formed Unicode` };
    }
  }
  return { path: escaped.map((segment) => `/${segment}`).join('') };
}

/** A value of a query: absent ones are left out, lists are sent as `name[]=a&name[]=b`. */
export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** Escapes text for a query; half a character, which no URL can hold, is replaced as everywhere where text is encoded. */
export function escapeQuery(text: string | number | boolean): string {
  return encodeURIComponent(String(text).replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** Turns a query into its text, without the question mark. */
export function formatQuery(query: Iterable<readonly [name: string, value: QueryValue]>): string {
  const parts: string[] = [];
  for (const [name, value] of query) {
    if (value === undefined) continue;
    if (typeof value === 'object') {
      for (const item of value) parts.push(`${escapeQuery(`${name}[]`)}=${escapeQuery(item)}`);
    } else {
      parts.push(`${escapeQuery(name)}=${escapeQuery(value)}`);
    }
  }
  return parts.join('&');
}
