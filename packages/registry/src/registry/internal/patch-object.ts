import { BadRequestError, describeDetails, InvalidError, type Patch } from '@ecsm/api-types';
import type { StoreEntry } from '../../store/store.js';
import { copyJson } from './copy-json.js';
import { fieldName, stepsOfPointer } from './field-name.js';
import { applyJsonPatch, JsonPatchFailure } from './json-patch.js';
import type { KindBinding } from './kind-binding.js';
import { mergePatch } from './merge-patch.js';
import { presentable } from './presentable.js';
import { decodeEntry, isPlainObject } from './raw-object.js';

/**
 * The object of an entry with a patch applied: no more than that, neither checked nor stored.
 *
 * @throws BadRequestError when the patch is malformed
 * @throws InvalidError when the patch holds no plain JSON, or does not fit the object
 */
export function patchObject(binding: KindBinding, entry: StoreEntry, patch: Patch): unknown {
  const details = binding.details(entry.key);
  const copy = copyJson(patch.patch);
  const malformed = (rule: string): BadRequestError =>
    new BadRequestError({ message: `the patch of ${describeDetails(details)} cannot be used: ${rule}`, details });
  if (copy.errors.length > 0) {
    const errors = copy.errors.map((error) => (error.field === '' ? { ...error, field: 'patch' } : error));
    throw new InvalidError({ details, errors });
  }
  if (copy.tooLarge) throw malformed('it is larger than an object may be');
  const { value } = copy;
  const object = decodeEntry(entry);
  switch (patch.type) {
    case 'merge':
      if (!isPlainObject(value)) throw malformed('a merge patch of an object must be an object');
      return mergePatch(object, value);
    case 'json':
      if (!Array.isArray(value)) throw malformed('a JSON Patch must be a list of operations');
      try {
        return applyJsonPatch(object, value);
      } catch (error) {
        if (!(error instanceof JsonPatchFailure)) throw error;
        if (error.malformed) throw malformed(`operation ${error.index} ${error.message}`);
        const steps = stepsOfPointer(error.path, decodeEntry(entry));
        const found = presentable(steps, error.found);
        throw new InvalidError({
          details,
          errors: [
            {
              field: fieldName(steps),
              rule: `${error.message} (operation ${error.index} of the patch)`,
              ...(found === undefined ? {} : { value: found }),
            },
          ],
        });
      }
    default:
      patch satisfies never;
      throw malformed(`its type must be merge or json, not ${JSON.stringify((patch as Patch).type)}`);
  }
}
