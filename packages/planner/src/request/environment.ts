import type { EnvVar } from '@ecsm/api-types';

import { asTexts } from '../internal/json.js';
import { formatOwnerMark, ownerVariable } from '../naming/owner-mark.js';
import type { ServiceIdentity } from '../naming/service-identity.js';

/**
 * The environment of an image with that of a template laid over it and, with an owner, the mark.
 *
 * A variable keeps its place where the image has it; new ones follow in the template's order.
 */
export function overlayEnvironment(
  base: unknown,
  env: readonly EnvVar[] | undefined,
  owner: ServiceIdentity | undefined,
): readonly string[] {
  const wanted = new Map((env ?? []).map(({ name, value }) => [name, value]));
  if (owner !== undefined) wanted.set(ownerVariable, formatOwnerMark(owner));
  const result: string[] = [];
  for (const entry of asTexts(base)) {
    const [name = ''] = entry.split('=', 1);
    const value = wanted.get(name);
    result.push(value === undefined ? entry : `${name}=${value}`);
    wanted.delete(name);
  }
  return [...result, ...[...wanted].map(([name, value]) => `${name}=${value}`)];
}

/** An environment without our mark, as variables. */
export function readEnvironment(env: unknown): readonly EnvVar[] {
  return asTexts(env).flatMap((entry) => {
    const at = entry.indexOf('=');
    const name = at === -1 ? entry : entry.slice(0, at);
    return name === ownerVariable || name === '' ? [] : [{ name, value: at === -1 ? '' : entry.slice(at + 1) }];
  });
}
