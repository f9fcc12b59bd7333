import type { Step } from './field-name.js';

/** Fields whose values never appear in messages. */
const secret = /pass|secret|token|credential/i;

const hidden = '***';

/** A value as messages may show it: whatever goes by the name of a secret is masked. */
export function presentable(steps: readonly Step[], value: unknown): unknown {
  const name = steps.findLast((step) => typeof step === 'string');
  if (name !== undefined && secret.test(name)) return value === undefined ? undefined : hidden;
  return mask(value);
}

function mask(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(mask);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, secret.test(key) ? hidden : mask(each)]));
}
