import { didYouMean, type ApiObject } from '@ecsm/api-types';

import { aspects, type Aspect, type SourceEvent } from './source-event.js';

/**
 * Decides which events lead to a run.
 *
 * A change found only by comparing versions passes every predicate, since what was missed is unknown.
 *
 * @typeParam T - the objects of the source
 */
export interface Predicate<T extends ApiObject = ApiObject> {
  /** The parts whose fingerprints the source has to keep for this predicate; the fewer, the less memory. */
  readonly aspects?: readonly Aspect[];
  /** Whether the event is of interest. */
  test(event: SourceEvent<T>): boolean;
}

/** A predicate, or just its test. */
export type PredicateLike<T extends ApiObject = ApiObject> = Predicate<T> | ((event: SourceEvent<T>) => boolean);

/**
 * Passes modifications of these parts only; additions and deletions always pass.
 *
 * @throws TypeError for a part that there is not
 *
 * @example
 * ```ts
 * manager.controller('database').for(Database, { predicates: [changed('spec', 'labels')] });
 * ```
 */
export function changed(...parts: readonly Aspect[]): Predicate {
  const unknown = parts.map(String).find((part) => !(aspects as readonly string[]).includes(part));
  if (unknown !== undefined) throw new TypeError(`an object has no part "${unknown}": ${didYouMean(unknown, aspects)}`);
  return {
    aspects: parts,
    test: (event) => event.type !== 'modified' || parts.some((part) => event.changed.has(part)),
  };
}

/** Passes what all predicates pass. */
export function allOf<T extends ApiObject>(...predicates: readonly PredicateLike<T>[]): Predicate<T> {
  const all = predicates.map(asPredicate);
  return { aspects: aspectsOf(all), test: (event) => all.every((predicate) => predicate.test(event)) };
}

/** Passes what at least one predicate passes. */
export function anyOf<T extends ApiObject>(...predicates: readonly PredicateLike<T>[]): Predicate<T> {
  const all = predicates.map(asPredicate);
  return { aspects: aspectsOf(all), test: (event) => all.some((predicate) => predicate.test(event)) };
}

/** Passes what the predicate does not pass. */
export function not<T extends ApiObject>(predicate: PredicateLike<T>): Predicate<T> {
  const inner = asPredicate(predicate);
  return { aspects: inner.aspects ?? [], test: (event) => !inner.test(event) };
}

function asPredicate<T extends ApiObject>(predicate: PredicateLike<T>): Predicate<T> {
  return typeof predicate === 'function' ? { test: predicate } : predicate;
}

function aspectsOf<T extends ApiObject>(predicates: readonly Predicate<T>[]): readonly Aspect[] {
  return [...new Set(predicates.flatMap((predicate) => predicate.aspects ?? []))];
}
