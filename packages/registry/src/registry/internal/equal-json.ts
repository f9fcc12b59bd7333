/** Whether two values of parsed JSON say the same, whatever the order of their fields. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b);
  if (Array.isArray(b)) return false;
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  let fields = 0;
  for (const key in left) {
    fields++;
    const value = right[key];
    // An own field is never undefined, so most need no look at where a value comes from.
    if (value === undefined || !equalJson(left[key], value)) return false;
    if (key in Object.prototype && !Object.hasOwn(right, key)) return false;
  }
  return fields === Object.keys(right).length;
}

function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!equalJson(a[index], b[index])) return false;
  return true;
}
