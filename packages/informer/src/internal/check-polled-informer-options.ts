import { checkOptions, must, required, showBriefly, type OptionRules } from '@ecsm/api-types';

import type { PolledInformerOptions, PollIntervals } from '../polled-informer-options.js';
import type { PolledSource } from '../polled-source.js';
import { checkBackoffOptions } from './check-backoff-options.js';

const rules: OptionRules<PolledInformerOptions> = {
  name: required(must.beText),
  intervals: must.beObject,
  jitter: must.beShare,
  timeoutMs: must.beAbove(0),
  missesUntilDeleted: must.beWholeFrom(1),
  backoff: must.beObject,
  onError: must.beFunction,
  metrics: must.beObject,
  clock: must.beObject,
  random: must.beFunction,
};

const intervalRules: OptionRules<PollIntervals> = { restMs: must.beAbove(0), movingMs: must.beAbove(0) };

/** @throws TypeError or RangeError naming the informer, the option, the value and the rule */
export function checkPolledInformerOptions<I>(source: PolledSource<I>, options: PolledInformerOptions): void {
  checkOptions('a polled informer', options, rules);
  const isWhole = ['list', 'keyOf', 'fingerprintOf'].every(
    (part) => typeof Reflect.get(Object(source), part) === 'function',
  );
  if (!isWhole) {
    throw new TypeError(
      `the source of informer "${options.name}" must have the functions list, keyOf and fingerprintOf, got ${showBriefly(source)}`,
    );
  }
  const { name, intervals, backoff } = options;
  if (intervals !== undefined) checkIntervals(name, intervals);
  checkBackoffOptions(name, backoff);
}

/** @throws TypeError or RangeError naming the informer, the option, the value and the rule */
export function checkIntervals(informer: string, intervals: PollIntervals): void {
  checkOptions(`the intervals of informer "${informer}"`, intervals, intervalRules);
}
