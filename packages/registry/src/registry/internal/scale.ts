import { InvalidError, NotFoundError, parsePath, type ApiObject } from '@ecsm/api-types';
import { cloneJson } from './clone-json.js';
import type { KindBinding } from './kind-binding.js';
import { asStored, isPlainObject, type RawObject } from './raw-object.js';

/**
 * A copy of an object with another number of replicas.
 *
 * @throws NotFoundError when the kind cannot be scaled
 * @throws InvalidError when this object cannot, or not to this number
 */
export function withReplicas(binding: KindBinding, object: RawObject, replicas: number): RawObject {
  const { scale } = binding.kind.subresources;
  const details = binding.details(object.metadata);
  if (scale === undefined) {
    throw new NotFoundError({
      message: `${binding.kind.plural} cannot be scaled: the kind has no scale subresource`,
      details,
    });
  }
  const steps = parsePath(scale.specReplicasPath);
  const field = steps.join('.');
  const refused = scale.refuse?.(asStored<ApiObject>(object));
  if (refused !== undefined) {
    throw new InvalidError({
      details,
      errors: [{ field, value: replicas, rule: `cannot be scaled: ${refused}` }],
    });
  }
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw new InvalidError({
      details,
      errors: [{ field, value: replicas, rule: 'must be a whole number of at least 0' }],
    });
  }
  const copy = cloneJson(object);
  let parent: Record<string, unknown> = copy;
  for (const step of steps.slice(0, -1)) {
    const found = Object.hasOwn(parent, step) ? parent[step] : undefined;
    const next: Record<string, unknown> = isPlainObject(found) ? found : {};
    parent[step] = next;
    parent = next;
  }
  parent[steps.at(-1) ?? ''] = replicas;
  return copy;
}
