import { isRecord } from '../is-record.js';

type Fields = Readonly<Record<string, unknown>>;

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The JSON merge patch (RFC 7386) that makes one object of another: lists are replaced as a whole, what is gone is null. */
export function mergePatchOf(before: object, after: object): Fields {
  const [old, now] = [before as Fields, after as Fields];
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(now)) {
    const present = old[name];
    if (isSame(present, value)) continue;
    patch[name] = isRecord(present) && isRecord(value) ? mergePatchOf(present, value) : value;
  }
  for (const name of Object.keys(old)) if (!Object.hasOwn(now, name)) patch[name] = null;
  return patch;
}
