import { BadRequestError } from './errors/bad-request-error.js';
import { readPath } from './field-path.js';

/** One demand of a field selector; all demands must hold. */
export interface FieldRequirement {
  /** E.g. `metadata.name`. */
  readonly path: string;
  readonly operator: 'equals' | 'notEquals';
  readonly value: string;
}

/** A parsed field selector. */
export type FieldSelector = readonly FieldRequirement[];

/**
 * Reads a selector in kubectl's words: `metadata.name=web`, `status.readyReplicas!=0`, joined by commas.
 *
 * @throws BadRequestError naming the part that cannot be read
 */
export function parseFieldSelector(text: string): FieldSelector {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => {
    const match = /^\s*([A-Za-z0-9_.[\]]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part);
    if (match === null) {
      throw new BadRequestError({
        message: `field selector "${part}" cannot be read: write it like metadata.name=web or status.readyReplicas!=0`,
      });
    }
    const [, path = '', operator, value = ''] = match;
    return { path, operator: operator === '!=' ? 'notEquals' : 'equals', value };
  });
}

/** Whether an object meets every demand; an absent field equals the empty text. */
export function matchesFields(selector: FieldSelector, object: object): boolean {
  return selector.every((requirement) => {
    const found = readPath(object, requirement.path);
    const text = found === undefined || found === null ? '' : typeof found === 'string' ? found : JSON.stringify(found);
    return (text === requirement.value) === (requirement.operator === 'equals');
  });
}
