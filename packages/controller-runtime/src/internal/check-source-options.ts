import { checkOptions, messageOf, must, parseLabelSelector, type ApiObject, type OptionRules } from '@ecsm/api-types';

import type { OwnsOptions, SourceOptions } from '../controller-builder.js';

function isPredicate(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return typeof value === 'object' && value !== null && 'test' in value && typeof value.test === 'function';
}

const sourceRules: OptionRules<SourceOptions<ApiObject>> = {
  predicates: (value) =>
    Array.isArray(value) && value.every(isPredicate)
      ? undefined
      : 'must be an array of predicates: functions of an event, or objects with the method test',
  changed: must.beArray,
  labelSelector: (value) => {
    if (typeof value !== 'string') return 'must be a text such as app=web';
    try {
      parseLabelSelector(value);
      return undefined;
    } catch (error) {
      return `must be a label selector (${messageOf(error)})`;
    }
  },
  namespace: must.beText,
};

const ownsRules: OptionRules<OwnsOptions<ApiObject>> = { ...sourceRules, everyOwner: must.beBoolean };

/** @throws TypeError naming the source, the option, the value and the rule */
export function checkSourceOptions<T extends ApiObject>(source: string, options: SourceOptions<T>): void {
  checkOptions<SourceOptions<T>>(source, options, sourceRules);
}

/** @throws TypeError naming the source, the option, the value and the rule */
export function checkOwnsOptions<T extends ApiObject>(source: string, options: OwnsOptions<T>): void {
  checkOptions<OwnsOptions<T>>(source, options, ownsRules);
}
