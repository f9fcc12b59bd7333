import { checkOptions, must, showValue, type OptionRules } from '@ecsm/api-types';

/** What a reconciler asks for after a run that did not fail. Failure is not among them: it is thrown. */
export type Outcome =
  /** The object is as wanted: nothing more to do until something changes. Clears the key's backoff. */
  | { readonly type: 'done' }
  /** Not there yet: run again after the key's backoff, which grows with every run that ends so. Not an error. */
  | { readonly type: 'requeue'; readonly priority?: number }
  /** Run again after exactly this time (or at the next change). Clears the key's backoff. */
  | { readonly type: 'requeueAfter'; readonly afterMs: number; readonly priority?: number };

/** Options of {@link requeue} and {@link requeueAfter}. */
export interface RequeueOptions {
  /**
   * Higher runs first; a 32-bit integer.
   *
   * @defaultValue the priority of the run that asks
   */
  readonly priority?: number;
}

const noOptions: RequeueOptions = {};

const rules: OptionRules<RequeueOptions> = { priority: must.beInt32 };

function checkRequeueOptions(whose: string, options: RequeueOptions): void {
  // Most runs ask for nothing special.
  if (options !== noOptions) checkOptions(whose, options, rules);
}

const doneOutcome: Outcome = { type: 'done' };

/** Says that the object is as wanted. */
export function done(): Outcome {
  return doneOutcome;
}

/**
 * Asks for another run after the key's backoff, without calling this one a failure.
 *
 * @throws TypeError or RangeError when an option makes no sense
 */
export function requeue(options: RequeueOptions = noOptions): Outcome {
  checkRequeueOptions('requeue', options);
  return { type: 'requeue', ...options };
}

/**
 * Asks for another run after a time, for instance to look at something that nobody reports.
 *
 * @param afterMs - milliseconds from now; zero or less means at once
 * @throws TypeError when the time is not a number
 * @throws TypeError or RangeError when an option makes no sense
 */
export function requeueAfter(afterMs: number, options: RequeueOptions = noOptions): Outcome {
  if (typeof afterMs !== 'number' || Number.isNaN(afterMs)) {
    throw new TypeError(`requeueAfter takes a number of milliseconds, got ${showValue(afterMs)}`);
  }
  checkRequeueOptions('requeueAfter', options);
  return { type: 'requeueAfter', afterMs, ...options };
}

/**
 * Checks what a reconciler returned; plain JavaScript can return anything.
 *
 * @internal
 * @throws TypeError naming what was returned
 */
export function assertOutcome(value: unknown): asserts value is Outcome {
  if (typeof value === 'object' && value !== null && 'type' in value) {
    const { type } = value;
    if (type === 'done' || type === 'requeue') return;
    if (type === 'requeueAfter' && 'afterMs' in value && typeof value.afterMs === 'number') return;
  }
  throw new TypeError(`a reconciler must return done(), requeue() or requeueAfter(ms), got ${showValue(value)}`);
}
