import { checkOptions, must, type OptionRules } from '@ecsm/api-types';
import { ExponentialRateLimiter } from '@ecsm/workqueue';

import type { ControllerOptions } from '../controller-options.js';
import { checkFinalizerName } from './check-arguments.js';

const rules: OptionRules<ControllerOptions> = {
  concurrency: must.beWholeFrom(1),
  timeoutMs: must.beAtLeast(0),
  backoff: must.beObject,
  maxAttempts: must.beWholeFrom(1),
  cacheSyncTimeoutMs: must.beAtLeast(1),
  leaderElected: must.beBoolean,
  warmup: must.beBoolean,
  recoverPanics: must.beBoolean,
  resyncPeriodMs: must.beAtLeast(1),
  ageingMs: must.beAtLeast(0),
  finalizer: checkFinalizerName,
};

/** @throws TypeError or RangeError naming the controller, the option, the value and the rule */
export function checkControllerOptions(controller: string, options: ControllerOptions): void {
  checkOptions(`controller "${controller}"`, options, rules);
  const { backoff } = options;
  // Made anew for each start, and checked as it is made.
  if (backoff !== undefined && !('when' in backoff)) new ExponentialRateLimiter(backoff);
}
