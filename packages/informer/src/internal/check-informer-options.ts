import { checkOptions, must, showBriefly, type ApiObject, type ListWatch, type OptionRules } from '@ecsm/api-types';

import type { CacheOptions, InformerOptions } from '../informer-options.js';
import { checkBackoffOptions } from './check-backoff-options.js';

const rules: OptionRules<InformerOptions<ApiObject>> = {
  name: must.beText,
  namespace: must.beText,
  labelSelector: must.beString,
  fieldSelector: must.beString,
  cache: (value) => (typeof value === 'boolean' ? undefined : must.beObject(value)),
  listObjects: must.beBoolean,
  resyncPeriodMs: must.beAtLeast(0),
  idleTimeoutMs: must.beAbove(0),
  ownWriteTtlMs: must.beAtLeast(0),
  pageSize: must.beWholeFrom(1),
  backoff: must.beObject,
  onError: must.beFunction,
  metrics: must.beObject,
  clock: must.beObject,
  random: must.beFunction,
};

const cacheRules: OptionRules<CacheOptions<ApiObject>> = { indexers: must.beObject, transform: must.beFunction };

/** @throws TypeError unless it can be listed and watched */
export function checkListWatch<T extends ApiObject>(source: ListWatch<T>): void {
  const { kind, list, watch } = (source as Partial<ListWatch<T>> | undefined) ?? {};
  if (typeof kind?.plural === 'string' && typeof list === 'function' && typeof watch === 'function') return;
  throw new TypeError(
    `the source of an informer must have kind, list and watch, as registry.resource(kind) does, got ${showBriefly(source)}`,
  );
}

/** @throws TypeError or RangeError naming the informer, the option, the value and the rule */
export function checkInformerOptions<T extends ApiObject>(informer: string, options: InformerOptions<T>): void {
  checkOptions<InformerOptions<T>>(`informer "${informer}"`, options, rules);
  const { cache, backoff } = options;
  if (typeof cache === 'object')
    checkOptions<CacheOptions<T>>(`the cache of informer "${informer}"`, cache, cacheRules);
  checkBackoffOptions(informer, backoff);
}
