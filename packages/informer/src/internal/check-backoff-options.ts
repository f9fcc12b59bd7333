import { checkOptions, must, type OptionRules } from '@ecsm/api-types';

import type { BackoffOptions } from '../informer-options.js';

const rules: OptionRules<BackoffOptions> = {
  baseMs: must.beAbove(0),
  maxMs: must.beAbove(0),
  calmMs: must.beAtLeast(0),
  jitter: must.beShare,
};

/** @throws TypeError or RangeError naming the informer, the option, the value and the rule */
export function checkBackoffOptions(informer: string, backoff: BackoffOptions | undefined): void {
  if (backoff !== undefined) checkOptions(`the backoff of informer "${informer}"`, backoff, rules);
}
