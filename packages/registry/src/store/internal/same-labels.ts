type Labels = Readonly<Record<string, string>>;

/** Whether two sets of labels are equal, in whatever order they are written. */
export function sameLabels(a: Labels, b: Labels): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
