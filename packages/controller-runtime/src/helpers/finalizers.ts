import { keyOf, messageOf, type ApiObject, type ResourceClient, type Stored } from '@ecsm/api-types';

import { assertOutcome, done, type Outcome } from '../outcome.js';

/** What finalizers need of a run. */
export interface FinalizerContext<T extends ApiObject> {
  readonly client: ResourceClient<T>;
}

/** Undoes one thing; anything but `done()` keeps the finalizer for another run. */
export type Cleanup<T extends ApiObject, C extends FinalizerContext<T>> = (
  object: Stored<T>,
  context: C,
) => Promise<Outcome> | Outcome;

/**
 * Several cleanups of one kind of object, each under a finalizer of its own.
 *
 * They run in the order they were registered. One that fails keeps the others from nothing: all run, those that are done
 * lose their finalizer, and the errors are thrown together. A reconciler with a single `cleanup` needs none of this.
 *
 * @typeParam T - the objects to clean up after
 * @typeParam C - the context handed to the cleanups
 */
export class Finalizers<T extends ApiObject, C extends FinalizerContext<T> = FinalizerContext<T>> {
  readonly #cleanups = new Map<string, Cleanup<T, C>>();

  /**
   * Adds a cleanup.
   *
   * @param name - of the finalizer, `<domain>/<name>`
   * @throws TypeError when there is one of that name already
   */
  register(name: string, cleanup: Cleanup<T, C>): this {
    if (this.#cleanups.has(name)) throw new TypeError(`the finalizer "${name}" is registered already`);
    this.#cleanups.set(name, cleanup);
    return this;
  }

  /** Stores the finalizers that an object lacks; one marked for deletion gets no more. Returns the object as it is then. */
  async ensure(object: Stored<T>, { client }: C): Promise<Stored<T>> {
    const { finalizers = [], deletionTimestamp } = object.metadata;
    const missing = [...this.#cleanups.keys()].filter((name) => !finalizers.includes(name));
    if (missing.length === 0 || deletionTimestamp !== undefined) return object;
    return client.update(withFinalizers(object, [...finalizers, ...missing]));
  }

  /**
   * Runs the cleanups whose finalizer an object marked for deletion still has, and removes the finalizers of those done.
   *
   * @throws the error of the cleanup that failed, or an AggregateError of several
   */
  async finalize(object: Stored<T>, context: C): Promise<Outcome> {
    const present = object.metadata.finalizers ?? [];
    const finished = new Set<string>();
    const errors: unknown[] = [];
    let outcome = done();
    for (const [name, cleanup] of this.#cleanups) {
      if (!present.includes(name)) continue;
      try {
        const each = await cleanup(object, context);
        assertOutcome(each);
        if (each.type === 'done') finished.add(name);
        else outcome = sooner(outcome, each);
      } catch (error) {
        errors.push(error);
      }
    }
    if (finished.size > 0) {
      // The cleanups may have written the object, its status for instance: what they left is what is changed now.
      const current = await context.client.get(keyOf(object));
      const left = (current.metadata.finalizers ?? []).filter((name) => !finished.has(name));
      await context.client.update(withFinalizers(current, left));
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1)
      throw new AggregateError(errors, `${errors.length} cleanups failed: ${errors.map(messageOf).join('; ')}`);
    return outcome;
  }
}

function withFinalizers<T extends ApiObject>(object: Stored<T>, finalizers: readonly string[]): Stored<T> {
  return { ...object, metadata: { ...object.metadata, finalizers } };
}

/** Of two outcomes the one that runs again first. */
function sooner(a: Outcome, b: Outcome): Outcome {
  if (a.type === 'done' || b.type === 'requeue') return b;
  if (a.type === 'requeue' || b.type === 'done') return a;
  return a.afterMs <= b.afterMs ? a : b;
}
