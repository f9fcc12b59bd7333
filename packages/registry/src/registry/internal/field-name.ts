/** One step of a path: the name of a field or the place in a list. */
export type Step = string | number;

const plainName = /^[A-Za-z_$][\w$-]*$/;

/** A path as messages show it: `spec.template.env[2].name`, with odd names in quotes: `metadata.labels["a.b/c"]`. */
export function fieldName(steps: readonly Step[]): string {
  let name = '';
  for (const step of steps) {
    if (typeof step === 'number') name += `[${step}]`;
    else if (!plainName.test(step)) name += `[${JSON.stringify(step)}]`;
    else name += name === '' ? step : `.${step}`;
  }
  return name;
}

/** The steps of a JSON pointer through a value, which tells places in lists from fields named by digits. */
export function stepsOfPointer(pointer: string, value: unknown): Step[] {
  const steps: Step[] = [];
  let current: unknown = value;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(current) ? Number(name) : name;
    steps.push(step);
    current = childOf(current, step);
  }
  return steps;
}

/** What stands at a step; own fields only. */
export function childOf(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<Step, unknown>)[step];
}
