import {
  isNotFoundError,
  keyOf,
  messageOf,
  showBriefly,
  type ApiObject,
  type ResourceClient,
  type Stored,
} from '@ecsm/api-types';

import { checkFinalizerName, checkFunction } from '../internal/check-arguments.js';
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
   * @throws TypeError when there is one of that name already, the name is none, or the cleanup cannot be called
   */
  register(name: string, cleanup: Cleanup<T, C>): this {
    const broken = checkFinalizerName(name);
    if (broken !== undefined) throw new TypeError(`the name of a finalizer ${broken}, got ${showBriefly(name)}`);
    checkFunction(`the cleanup of finalizer "${name}"`, cleanup, `write register('${name}', async (object) => done())`);
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
    if (finished.size > 0) await removeFinalizers(object, finished, context.client);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1)
      throw new AggregateError(errors, `${errors.length} cleanups failed: ${errors.map(messageOf).join('; ')}`);
    return outcome;
  }
}

async function removeFinalizers<T extends ApiObject>(
  object: Stored<T>,
  finished: ReadonlySet<string>,
  client: ResourceClient<T>,
): Promise<void> {
  // The cleanups may have written the object, its status for instance: what they left is what is changed now.
  const current = await client.get(keyOf(object)).catch((error: unknown) => {
    if (isNotFoundError(error)) return undefined;
    throw error;
  });
  // Somebody else has let it go meanwhile; a namesake is not cleaned up.
  if (current?.metadata.uid !== object.metadata.uid) return;
  const left = (current.metadata.finalizers ?? []).filter((each) => !finished.has(each));
  await client.update(withFinalizers(current, left));
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
