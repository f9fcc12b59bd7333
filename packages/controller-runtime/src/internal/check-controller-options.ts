import { checkQualifiedName } from '@ecsm/api-types';

import type { ControllerOptions } from '../controller-options.js';

/** @throws RangeError or TypeError naming the controller, the option, the value and the rule */
export function checkControllerOptions(controller: string, options: ControllerOptions): void {
  const refuse = (option: keyof ControllerOptions, value: unknown, rule: string): never => {
    throw new RangeError(`controller "${controller}": ${option} ${rule}, got ${String(value)}`);
  };
  const whole = (option: 'concurrency' | 'maxAttempts'): void => {
    const value = options[option];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      refuse(option, value, 'must be a whole number of at least 1');
    }
  };
  const duration = (option: 'timeoutMs' | 'cacheSyncTimeoutMs' | 'resyncPeriodMs' | 'ageingMs', from: number): void => {
    const value = options[option];
    if (value !== undefined && !(value >= from)) refuse(option, value, `must be at least ${from} milliseconds`);
  };
  whole('concurrency');
  whole('maxAttempts');
  duration('timeoutMs', 0);
  duration('cacheSyncTimeoutMs', 1);
  duration('resyncPeriodMs', 1);
  duration('ageingMs', 0);
  const { finalizer } = options;
  if (finalizer !== undefined) {
    const broken = finalizer.includes('/')
      ? checkQualifiedName(finalizer)
      : 'must have a domain and "/" before the name';
    if (broken !== undefined) refuse('finalizer', finalizer, broken);
  }
}
