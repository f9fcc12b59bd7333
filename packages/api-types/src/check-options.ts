import { didYouMean } from './nearest-word.js';
import { showBriefly } from './show-value.js';

/** Says what is wrong with the value of an option, such as `must be above 0`; `undefined` when nothing is. */
export interface OptionRule {
  (value: unknown): string | undefined;
  /** Whether the option may not be left out. */
  readonly isRequired?: boolean;
}

/** One rule for each option: the compiler sees to it that none is missing and none is one too many. */
export type OptionRules<O extends object> = { readonly [K in keyof Required<O>]: OptionRule };

/**
 * Checks options by their rules. The compiler finds a wrong name only where the object is written out and only in
 * TypeScript, and an option that nobody reads does nothing.
 *
 * @param whose - named in errors, such as `controller "web"`
 * @throws TypeError for an option that there is not, with the name that was probably meant, or a value of a wrong type
 * @throws RangeError for a number that makes no sense
 */
export function checkOptions<O extends object>(whose: string, options: O, rules: OptionRules<O>): void {
  const known: Readonly<Record<string, OptionRule>> = rules;
  const given: unknown = options;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError(`the options of ${whose} must be an object, got ${showBriefly(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) {
      throw new TypeError(`${whose} has no option "${name}": ${didYouMean(name, Object.keys(known))}`);
    }
  }
  for (const [name, rule] of Object.entries(known)) {
    const value: unknown = Reflect.get(given, name);
    const broken = value === undefined && rule.isRequired !== true ? undefined : rule(value);
    if (broken === undefined) continue;
    const message = `${name} of ${whose} ${broken}, got ${showBriefly(value)}`;
    throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
  }
}

function rule(words: string, holds: (value: unknown) => boolean): OptionRule {
  return (value) => (holds(value) ? undefined : `must be ${words}`);
}

/** The same rule for an option that may not be left out. */
export function required(optional: OptionRule): OptionRule {
  return Object.assign((value: unknown) => optional(value), { isRequired: true });
}

/** Rules for {@link checkOptions}. */
export const must = {
  beBoolean: rule('true or false', (value) => typeof value === 'boolean'),
  beText: rule('a text of at least one character', (value) => typeof value === 'string' && value !== ''),
  /** An empty one, too. */
  beString: rule('a text', (value) => typeof value === 'string'),
  beFunction: rule('a function', (value) => typeof value === 'function'),
  beArray: rule('an array', Array.isArray),
  /** Any object, of whose inside others know more. */
  beObject: rule('an object', (value) => typeof value === 'object' && value !== null),
  /** A number from 0 to 1. */
  beShare: rule('a share from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1),
  /** A number from the given one on; `Infinity` is one. */
  beAtLeast: (least: number): OptionRule =>
    rule(`a number of at least ${least}`, (value) => typeof value === 'number' && value >= least),
  /** A number above the given one; `Infinity` is one. */
  beAbove: (limit: number): OptionRule =>
    rule(`a number above ${limit}`, (value) => typeof value === 'number' && value > limit),
  /** Any number but `NaN`. */
  beNumber: rule('a number', (value) => typeof value === 'number' && !Number.isNaN(value)),
  /** A whole number that a priority can be. */
  beInt32: rule('a 32-bit integer', (value) => typeof value === 'number' && value === (value | 0)),
  /** One of the given words. */
  beOneOf: (words: readonly string[]): OptionRule =>
    rule(`one of ${words.join(', ')}`, (value) => typeof value === 'string' && words.includes(value)),
  /** A whole number from the given one on. */
  beWholeFrom: (least: number): OptionRule =>
    rule(`a whole number of at least ${least}`, (value) => Number.isInteger(value) && Number(value) >= least),
} as const;
