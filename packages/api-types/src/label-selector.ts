import { BadRequestError } from './errors/bad-request-error.js';
import { checkLabelValue, checkQualifiedName } from './names.js';

/** One demand of a label selector; all demands must hold. */
export type LabelRequirement =
  | { readonly key: string; readonly operator: 'exists' | 'doesNotExist' }
  | { readonly key: string; readonly operator: 'in' | 'notIn'; readonly values: readonly string[] };

/** A parsed label selector. */
export type LabelSelector = readonly LabelRequirement[];

/**
 * Reads a selector in kubectl's words: `app=web`, `app!=web`, `tier in (a,b)`, `tier notin (a,b)`, `app`, `!app`, joined by commas.
 *
 * @throws BadRequestError naming the part that cannot be read
 */
export function parseLabelSelector(text: string): LabelSelector {
  return splitOutsideParentheses(text).map(parseRequirement);
}

/** Whether labels meet every demand of a selector; as in Kubernetes, `!=` and `notin` hold for labels that are absent. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>> | undefined): boolean {
  return selector.every((requirement) => {
    const value = labels !== undefined && Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    switch (requirement.operator) {
      case 'exists':
        return value !== undefined;
      case 'doesNotExist':
        return value === undefined;
      case 'in':
        return value !== undefined && requirement.values.includes(value);
      case 'notIn':
        return value === undefined || !requirement.values.includes(value);
    }
  });
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  const trimmed = parts.map((part) => part.trim());
  return trimmed.length === 1 && trimmed[0] === '' ? [] : trimmed;
}

function parseRequirement(text: string): LabelRequirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return checked(text, { key, operator: operator === 'in' ? 'in' : 'notIn', values });
  }
  const comparison = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(text);
  if (comparison !== null) {
    const [, key = '', operator, value = ''] = comparison;
    return checked(text, { key, operator: operator === '!=' ? 'notIn' : 'in', values: [value] });
  }
  const absent = /^!\s*(\S+)$/.exec(text);
  if (absent !== null) return checked(text, { key: absent[1] ?? '', operator: 'doesNotExist' });
  return checked(text, { key: text, operator: 'exists' });
}

function checked(text: string, requirement: LabelRequirement): LabelRequirement {
  const broken =
    checkQualifiedName(requirement.key) ??
    ('values' in requirement ? requirement.values.map(checkLabelValue).find((rule) => rule !== undefined) : undefined);
  if (broken === undefined) return requirement;
  throw new BadRequestError({
    message: `label selector "${text}" cannot be read: each part ${broken}; write it like app=web, tier in (a,b) or !canary`,
  });
}
