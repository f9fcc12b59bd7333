import {
  isNotFoundError,
  type ApiObject,
  type KindDefinition,
  type ResourceReader,
  type Stored,
} from '@ecsm/api-types';

import { Finalizers } from '../helpers/finalizers.js';
import { assertOutcome, done, type Outcome } from '../outcome.js';
import type { ReconcileContext, Reconciler, RunContext } from '../reconciler.js';
import { ObjectRun } from './object-run.js';
import type { Run } from './run.js';
import type { Runner, RunnerEnvironment } from './runner.js';

/** Runs a reconciler on the object of a key: reads it fresh, keeps its finalizer, writes its conditions. */
export class ObjectRunner<T extends ApiObject> implements Runner {
  readonly #kind: KindDefinition<T>;
  readonly #reconciler: Reconciler<T>;
  readonly #finalizers: Finalizers<T, ReconcileContext<T>> | undefined;
  readonly #environment: RunnerEnvironment;
  /** Made once: the read that begins every run needs none of the run's own guards. */
  readonly #reader: ResourceReader<T>;

  constructor(kind: KindDefinition<T>, reconciler: Reconciler<T>, finalizer: string, environment: RunnerEnvironment) {
    this.#kind = kind;
    this.#reconciler = reconciler;
    this.#environment = environment;
    this.#reader = environment.clients.resource(kind);
    if (reconciler.cleanup === undefined) return;
    const cleanup = reconciler.cleanup.bind(reconciler);
    this.#finalizers = new Finalizers<T, ReconcileContext<T>>().register(finalizer, cleanup);
  }

  async run(run: Run): Promise<Outcome> {
    const object = await this.#read(run);
    if (object === undefined) return this.#gone(run);
    const context = new ObjectRun(run, this.#kind, object, this.#environment.events);
    let outcome: Outcome;
    try {
      outcome = await this.#reconcile(object, context).finally(() => {
        run.forgiveTimeout();
      });
    } catch (error) {
      await this.#writeConditions(context).catch((failure: unknown) => {
        context.log.warn({ err: failure }, 'writing the conditions of a failed run failed');
      });
      throw error;
    }
    await this.#writeConditions(context);
    return outcome;
  }

  async giveUp(error: unknown, run: RunContext): Promise<void> {
    if (this.#reconciler.giveUp === undefined) return;
    const object = await this.#read(run);
    if (object === undefined) return;
    const context = new ObjectRun(run, this.#kind, object, this.#environment.events);
    await this.#reconciler.giveUp(object, error, context);
    await this.#writeConditions(context);
  }

  async #reconcile(object: Stored<T>, context: ObjectRun<T>): Promise<Outcome> {
    const finalizers = this.#finalizers;
    if (finalizers !== undefined && object.metadata.deletionTimestamp !== undefined) {
      return finalizers.finalize(object, context);
    }
    // Stored before the first reconcile: whatever that one creates will be cleaned up, also after a crash in between.
    const current = finalizers === undefined ? object : await finalizers.ensure(object, context);
    context.saw(current);
    const outcome = await this.#reconciler.reconcile(current, context);
    assertOutcome(outcome);
    return outcome;
  }

  async #gone(run: RunContext): Promise<Outcome> {
    if (this.#reconciler.onGone === undefined) return done();
    const outcome = await this.#reconciler.onGone(run.key, run);
    assertOutcome(outcome);
    return outcome;
  }

  async #read(run: RunContext): Promise<Stored<T> | undefined> {
    try {
      return await this.#reader.get(run.key);
    } catch (error) {
      if (isNotFoundError(error)) return undefined;
      throw error;
    }
  }

  async #writeConditions(context: ObjectRun<T>): Promise<void> {
    try {
      await context.writeConditions();
    } catch (error) {
      // Nobody is left to read them.
      if (!isNotFoundError(error)) throw error;
    }
  }
}
