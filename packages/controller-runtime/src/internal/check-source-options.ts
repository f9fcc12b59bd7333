import { checkOptions, messageOf, must, parseLabelSelector, type ApiObject, type OptionRules } from '@ecsm/api-types';

import type { OwnsOptions, SourceOptions } from '../controller-builder.js';

const sourceRules: OptionRules<SourceOptions<ApiObject>> = {
  predicates: must.beArray,
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
