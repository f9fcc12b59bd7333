import {
  findCondition,
  formatKey,
  isConditionTrue,
  keyOf,
  parseImageReference,
  type Clock,
  type ECSMService,
  type ECSMServiceStatus,
  type Event,
  type ObjectKey,
  type Stored,
} from '@ecsm/api-types';
import { done, requeueAfter, type Outcome, type ReconcileContext, type Reconciler } from '@ecsm/controller-runtime';
import {
  adoptAnnotation,
  countInstances,
  formatOwnerMark,
  identityOf,
  isComplete,
  plan as makePlan,
  progressMark,
  serviceStem,
  status as makeStatus,
  targetRevision,
  type Action,
  type Desired,
  type Need,
  type Now,
  type ObservedService,
  type Plan,
} from '@ecsm/planner';

import type { CapacityKeeper } from '../capacity/capacity-keeper.js';
import type { PlatformHabits } from '../platform/platform-habits.js';
import type { PlatformObserver } from '../platform/platform-observer.js';
import { boundIds } from '../platform/services-of.js';
import type { ActionExecutor } from './action-executor.js';
import { classifyFailure } from './classify-failure.js';
import type { Dependencies } from './dependencies.js';
import { actionEvent, announceStatus } from './events.js';
import { Lessons, type DriftOutcome } from './lessons.js';
import { holdForDependents } from './hold-for-dependents.js';
import type { RevisionKeeper } from './revision-keeper.js';
import { ServiceMemory } from './service-memory.js';
import { unsettledWords } from './unsettled-words.js';

/** Options of {@link ServiceReconciler}. */
export interface ServiceReconcilerOptions {
  readonly observer: PlatformObserver;
  readonly executor: ActionExecutor;
  readonly habits: PlatformHabits;
  readonly capacity: CapacityKeeper;
  readonly dependencies: Dependencies;
  readonly revisions: RevisionKeeper;
  readonly clock: Clock;
  readonly operatorId: string;
  /** Told what is about to be done, for whoever watches the program. */
  readonly onAction?: (key: ObjectKey, action: Action) => void;
  /** Told of fields that differ on the platform from what is declared. */
  readonly onDrift?: (key: ObjectKey, outcome: DriftOutcome, fields: number) => void;
  /** Told of a status that has changed, and whether there is something in it to be warned of. */
  readonly onStatus?: (isWorse: boolean) => void;
  /** Told at the end of a run whether anything is left to do: `undefined`, or what in words. */
  readonly onConcluded?: (key: ObjectKey, unsettled: string | undefined, generation: number) => void;
}

/** The most times that a plan may ask for something to be read before it is left for the next run. */
const maxLooks = 4;
/** The most plans made in one run; each follows from what the one before has done. */
const maxRounds = 6;
/** After this long without progress the platform is looked at no more often than at rest: observed milliseconds. */
const patienceMs = 120_000;
/** How often a declared health check is asked after at rest: milliseconds. */
const healthLookMs = 30_000;
/** How soon a platform that did not answer is tried again: milliseconds. */
const unansweredPauseMs = 2000;
/** How soon what a run has left undone is taken up, at the earliest: milliseconds. */
const unfinishedPauseMs = 250;
/** How long a create of unknown outcome is given to appear before another is tried: milliseconds. */
const settleMs = 5000;

/** How soon a deletion that waits for the platform is looked at again, at the latest: milliseconds. */
const stillThereMs = 5000;

type Create = Extract<Action, { readonly type: 'create' }>;

/** Something to read of a service. */
type Reading = Pick<Need, 'type' | 'id'>;

/** One run of one object. */
interface Run {
  readonly key: ObjectKey;
  readonly stem: string;
  readonly memory: ServiceMemory;
  readonly context: ReconcileContext<ECSMService>;
  /** What was read of services in this run, by id. */
  readonly readings: Map<string, Pick<ObservedService, 'detail' | 'containers'>>;
  /** Why the platform could not be asked in this run. */
  unanswered: { readonly reason: string; readonly message: string } | undefined;
}

/**
 * Makes the platform follow one ECSMService.
 *
 * Each run plans from what the observer knows, carries the actions out, and plans again until there is nothing left to do
 * but wait; then it writes the status, if that says anything new.
 */
export class ServiceReconciler implements Reconciler<ECSMService> {
  readonly #options: ServiceReconcilerOptions;
  readonly #lessons: Lessons;
  readonly #memories = new Map<string, ServiceMemory>();

  constructor(options: ServiceReconcilerOptions) {
    this.#options = options;
    this.#lessons = new Lessons(options);
  }

  async reconcile(object: Stored<ECSMService>, context: ReconcileContext<ECSMService>): Promise<Outcome> {
    const run = this.#begin(object, context);
    const blind = await this.#blind(object, run);
    if (blind !== undefined) return blind;
    const { plan, desired } = await this.#drive(object, run);
    return this.#conclude(object, desired, plan, run);
  }

  /** Ends with `done` only when nothing is left on the platform: that is what removes the finalizer. */
  async cleanup(object: Stored<ECSMService>, context: ReconcileContext<ECSMService>): Promise<Outcome> {
    const run = this.#begin(object, context);
    const blind = await this.#blind(object, run);
    if (blind !== undefined) return notGone(blind);
    const { dependencies, clock, onConcluded } = this.#options;
    const hold = await holdForDependents(object, run.memory, dependencies, clock, (...event) =>
      context.event(...event),
    );
    if (hold !== undefined) {
      onConcluded?.(run.key, `being deleted: ${hold.reason ?? 'about to go'}`, object.metadata.generation);
      return requeueAfter(hold.againMs);
    }
    const { plan, desired } = await this.#drive(object, run);
    const gone = plan.gone && (await this.#isGone(run));
    if (!gone) return notGone(await this.#conclude(object, desired, plan, run));
    this.#options.revisions.forget(object.metadata.uid);
    return this.onGone(run.key);
  }

  /** Looks once more, by name: a create whose answer was lost may have left something that no list has shown yet. */
  async #isGone(run: Run): Promise<boolean> {
    const { observer, clock } = this.#options;
    const { memory, context } = run;
    if (clock.monotonicNow() < memory.retryAtMs) return false;
    const known = observer.servicesOf(run.stem, []).length;
    try {
      await observer.lookFor(run.stem, context.signal);
    } catch (error) {
      this.#failed(error, run);
      return false;
    }
    if (observer.servicesOf(run.stem, []).length <= known) return true;
    context.log.info({}, 'something was left that no list had shown');
    memory.retryAtMs = clock.monotonicNow() + 1;
    return false;
  }

  onGone(key: ObjectKey): Outcome {
    this.#memories.delete(formatKey(key));
    this.#options.dependencies.forget(key);
    this.#options.capacity.forget(key);
    const identity = { operatorId: this.#options.operatorId, namespace: key.namespace ?? 'default', name: key.name };
    this.#options.observer.untrack(serviceStem(identity).s8);
    this.#options.onConcluded?.(key, undefined, 0);
    return done();
  }

  #begin(object: Stored<ECSMService>, context: ReconcileContext<ECSMService>): Run {
    const { observer, operatorId } = this.#options;
    const key = keyOf(object);
    const stem = serviceStem(identityOf(object, operatorId)).s8;
    observer.track(key, stem, boundIds(object));
    const { underlyingServiceID: boundId } = object.status ?? {};
    if (boundId !== undefined && object.metadata.annotations?.[adoptAnnotation] !== boundId) {
      observer.presume(boundId, formatOwnerMark(identityOf(object, operatorId)));
    }
    const text = formatKey(key);
    const memory = this.#memories.get(text) ?? new ServiceMemory();
    this.#memories.set(text, memory);
    // A changed object deserves a fresh try at once.
    if (object.status?.observedGeneration !== object.metadata.generation && !memory.uncertain) memory.noteSuccess();
    return { key, stem, memory, context, readings: new Map(), unanswered: undefined };
  }

  /**
   * What to do while there is nothing to plan from: before the first look at the platform, whose answer runs the key again, and
   * while what the object had may be there although nothing at all is listed.
   */
  async #blind({ status }: Stored<ECSMService>, { stem, memory, context }: Run): Promise<Outcome | undefined> {
    const { observer } = this.#options;
    if (!observer.hasSynced) {
      const { reachability } = observer;
      if (reachability.state !== 'unreachable') return done();
      context.conditions.set('PlatformReachable', false, 'NotAnswering', reachability.message);
      await context.updateStatus();
      return done();
    }
    const { underlyingServiceID: id } = status ?? {};
    if (id === undefined || memory.knowsGone(id) || observer.servicesOf(stem, [id]).length > 0) return undefined;
    const { doubtMs } = observer;
    return doubtMs === 0 ? undefined : requeueAfter(doubtMs);
  }

  /** Plans and acts until there is nothing to do but wait. */
  async #drive(object: Stored<ECSMService>, run: Run): Promise<{ readonly plan: Plan; readonly desired: Desired }> {
    const desired = await this.#desired(object);
    let plan = await this.#planWithDetails(desired, run);
    if (object.metadata.deletionTimestamp === undefined) {
      await this.#options.revisions.keep(object, plan.target);
      await this.#noteUpgrade(object, plan, run);
    }
    for (let round = 0; round < maxRounds && plan.actions.length > 0; round++) {
      if (!(await this.#act(plan, desired, run))) break;
      plan = await this.#planWithDetails(desired, run);
    }
    if (plan.actions.length === 0 && plan.needs.length === 0) run.memory.wanted = plan.wanted;
    await this.#lessons.watchRestarts(plan, run.context);
    return { plan, desired };
  }

  async #desired(object: Stored<ECSMService>): Promise<Desired> {
    const { operatorId, capacity, dependencies, revisions, habits } = this.#options;
    const { failedRevision } = object.status ?? {};
    if (isConditionTrue(object.status?.conditions, 'ScaleRestarts')) habits.recall('all');
    const upgrades = (object.spec.upgradeStrategy?.type ?? 'Never') !== 'Never';
    const needed = upgrades || failedRevision !== undefined;
    const grant = await capacity.grantFor(object);
    return {
      service: object,
      operatorId,
      ...(await dependencies.unready(object)),
      ...(grant === undefined ? {} : { grant }),
      ...(needed ? { revisions: await revisions.known(object) } : {}),
    };
  }

  /** Keeps the platform's own upgrade with the revision it happened to, so that it outlives a re-creation. */
  async #noteUpgrade(object: Stored<ECSMService>, plan: Plan, run: Run): Promise<void> {
    if ((object.spec.upgradeStrategy?.type ?? 'Never') === 'Never') return;
    const { current } = plan.family;
    const wanted = parseImageReference(plan.target.upgradedTo ?? plan.target.template.image);
    const seen = parseImageReference(current?.image ?? '');
    if (current === undefined || current.leaving === true || wanted === undefined || seen === undefined) return;
    if (seen.name !== wanted.name || seen.tag === wanted.tag) return;
    if (!(await this.#options.revisions.noteUpgrade(object, plan.target.hash, current.image))) return;
    run.context.event('Normal', 'ImageUpgraded', `the platform has upgraded ${current.name} to ${current.image}`);
  }

  #now(): Now {
    return { wallMs: this.#options.clock.now(), observedMs: this.#options.observer.observedMs };
  }

  /** Makes a plan from what is known now, and notes how things go. */
  #plan(desired: Desired, run: Run): Plan {
    const { observer } = this.#options;
    const { memory } = run;
    const { service } = desired;
    const now = this.#now();
    const services = observer.servicesOf(run.stem, boundIds(service)).map((each) => {
      const reading = run.readings.get(each.id);
      return reading === undefined ? each : { ...each, ...reading };
    });
    const started = targetRevision(desired).template.platformSpecific?.action !== 'Load';
    memory.noteHealth(services, started, now.observedMs);
    const plan = makePlan(this.#informed(desired, run), { ...this.#observed(run), services }, now);
    const { status } = service;
    const givenUp =
      findCondition(status?.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded' &&
      status?.updateRevision === plan.target.hash;
    const mark = progressMark(plan, countInstances(plan, now));
    memory.noteProgress(mark, now.observedMs, givenUp ? plan.strategy.progressDeadlineMs : undefined);
    return plan;
  }

  /** What is asked for together with what has been learned of the platform meanwhile. */
  #informed(desired: Desired, run: Run): Desired {
    const { tolerated } = run.memory;
    const { facts } = this.#options.habits;
    return { ...desired, platform: facts, ...(tolerated === undefined ? {} : { toleratedDrift: tolerated }) };
  }

  #observed(run: Run) {
    const { memory, unanswered } = run;
    const { observer, clock } = this.#options;
    const { reachability } = observer;
    const outage =
      reachability.state === 'unreachable' && reachability.long
        ? { reason: 'NotAnswering', message: reachability.message }
        : undefined;
    const unreachable = unanswered ?? outage;
    return {
      services: [] as readonly ObservedService[],
      observedAtMs: clock.now(),
      healing: memory.healing,
      avoided: memory.avoided,
      ...(memory.wanted === undefined ? {} : { wantedBefore: memory.wanted }),
      ...(memory.problem === undefined ? {} : { problem: memory.problem }),
      ...(unreachable === undefined ? {} : { unreachable }),
      ...(memory.progressedAtMs === undefined ? {} : { progressedAtMs: memory.progressedAtMs }),
    };
  }

  /** Makes a plan, reading what it asks for first, and the details that are due. */
  async #planWithDetails(desired: Desired, run: Run): Promise<Plan> {
    let plan = await this.#informedPlan(desired, run);
    try {
      for (let look = 0; look < maxLooks; look++) {
        const due = this.#readingsDue(plan, run);
        if (due.length === 0) return plan;
        for (const need of due) await this.#read(need, run);
        plan = await this.#informedPlan(desired, run);
      }
    } catch (error) {
      this.#failed(error, run);
    }
    return plan;
  }

  /** Makes a plan with what is known of the platform's ways, and learns of them what there is to learn. */
  async #informedPlan(desired: Desired, run: Run): Promise<Plan> {
    const service = desired.service as Stored<ECSMService>;
    let plan = this.#plan(desired, run);
    if (await this.#lessons.recall(service, plan, run.memory)) plan = this.#plan(desired, run);
    if (await this.#lessons.compare(plan, run.context, service, run.memory)) plan = this.#plan(desired, run);
    this.#lessons.noteDrift(plan, run.key, run.memory);
    return plan;
  }

  async #read({ type, id }: Reading, run: Run): Promise<void> {
    const { observer } = this.#options;
    const { signal } = run.context;
    if (type === 'containers') {
      run.readings.set(id, { ...run.readings.get(id), containers: await observer.readContainers(id, signal) });
      return;
    }
    const detail = (await observer.readDetail(id, signal))?.detail;
    if (detail !== undefined) run.readings.set(id, { ...run.readings.get(id), detail });
  }

  #readingsDue(plan: Plan, run: Run): readonly Reading[] {
    const { observer } = this.#options;
    const needed = plan.needs.filter(({ type, id }) => run.readings.get(id)?.[type] === undefined);
    if (needed.length > 0) return needed;
    const { current } = plan.family;
    if (current === undefined || current.leaving === true || run.readings.get(current.id)?.detail !== undefined)
      return [];
    const checked = plan.target.template.vsoa?.healthCheck?.path !== undefined && current.online > 0;
    const unsettled = current.unhealthy === true || current.online !== current.onlineSince?.length;
    const healthDue = checked && observer.detailAgeMs(current.id) > (unsettled ? 1000 : healthLookMs);
    const settled = isComplete(plan, countInstances(plan, this.#now()));
    const baselineDue = settled && run.memory.baselineDue;
    return observer.isDetailDue(current.id) || healthDue || baselineDue ? [{ type: 'detail', id: current.id }] : [];
  }

  /** Carries a plan out; tells whether all of it succeeded. */
  async #act(plan: Plan, desired: Desired, run: Run): Promise<boolean> {
    const { observer, executor, clock, onAction } = this.#options;
    const { memory, context } = run;
    if (observer.reachability.state === 'unreachable') {
      run.unanswered = { reason: 'NotAnswering', message: observer.reachability.message };
      return false;
    }
    if (clock.monotonicNow() < memory.retryAtMs) return false;
    try {
      if (memory.uncertain) {
        // A call whose answer was lost may have been carried out, or be on its way still: plan from what it has led to.
        await observer.lookFor(run.stem, context.signal);
        memory.uncertain = false;
        return true;
      }
      for (const action of plan.actions) {
        if (action.type === 'create' && (await this.#isThereAfterAll(action, desired, plan, run))) return true;
        onAction?.(run.key, action);
        await executor.execute(action, desired.service, context.signal);
        memory.noteAction(action, observer.observedMs);
        await this.#lessons.noteHealing(action, desired.service as Stored<ECSMService>, plan.target.hash, memory);
        this.#lessons.noteCorrection(action, run.key, memory);
        const { type, reason, message } = actionEvent(action);
        context.event(type, reason, message);
        run.readings.clear();
      }
      memory.noteSuccess();
      memory.wanted = plan.wanted;
      return true;
    } catch (error) {
      this.#failed(error, run);
      return false;
    }
  }

  /** Looks whether a service that a create would make anew has only slipped through a list that has no snapshots. */
  async #isThereAfterAll(action: Create, { service }: Desired, plan: Plan, run: Run): Promise<boolean> {
    const { observer } = this.#options;
    const missing = idOfMissing(action, service, plan);
    if (missing === undefined) return false;
    await observer.lookFor(run.stem, run.context.signal);
    if (observer.hasName(action.name)) return true;
    // Amid a rollout it may have been an operator before this one that removed it.
    const wasAtRest = service.status?.currentRevision === action.revision.hash;
    if (wasAtRest && run.memory.noteGone(missing)) {
      const message = `${action.name} is gone from the platform, and it was not the operator that removed it`;
      this.#tell(run, 'Warning', 'ServiceMissing', message);
    }
    return false;
  }

  /** Tells a change of state, in the log and to whoever asks the registry. */
  #tell({ context }: Run, type: Event['type'], reason: string, message: string): void {
    context.event(type, reason, message);
    context.log[type === 'Warning' ? 'warn' : 'info']({ reason }, message);
  }

  #failed(error: unknown, run: Run): void {
    const { memory, context } = run;
    context.signal.throwIfAborted();
    const failure = classifyFailure(error);
    const nowMs = this.#options.clock.monotonicNow();
    switch (failure.type) {
      case 'other':
        throw failure.error;
      case 'unreachable':
        run.unanswered = failure.problem;
        memory.uncertain ||= failure.problem.reason === 'OutcomeUnknown';
        memory.retryAtMs = nowMs + (failure.problem.reason === 'OutcomeUnknown' ? settleMs : unansweredPauseMs);
        // Each try that fails like the one before it is no news.
        if (memory.unanswered !== failure.problem.reason) {
          context.log.warn({ reason: failure.problem.reason }, failure.problem.message);
        }
        memory.unanswered = failure.problem.reason;
        return;
      case 'refused':
        memory.noteFailure(failure.problem, nowMs);
        this.#tell(run, 'Warning', failure.problem.reason, failure.problem.message);
    }
  }

  /** Writes the status and says when to look again. */
  async #conclude(object: Stored<ECSMService>, desired: Desired, plan: Plan, run: Run): Promise<Outcome> {
    const { observer, clock, capacity } = this.#options;
    const { memory } = run;
    const now = this.#now();
    capacity.note(object, plan);
    const complete = isComplete(plan, countInstances(plan, now));
    if (complete && run.unanswered === undefined) memory.problem = undefined;
    if (run.unanswered === undefined && memory.retryAtMs <= clock.monotonicNow()) memory.unanswered = undefined;
    // What was told goes on from there, though it could not be written.
    const service = memory.told === undefined ? desired.service : { ...desired.service, status: memory.told };
    const informed = this.#informed({ ...desired, service }, run);
    const next = makeStatus(informed, { ...this.#observed(run), services: [] }, now, plan);
    const heldMs = memory.recovery.holdMs(service.status, next, now.observedMs);
    if (next !== object.status && heldMs === 0) await this.#write(object, next, run);
    const stuckMs = now.observedMs - (memory.progressedAtMs ?? now.observedMs);
    const deleting = object.metadata.deletionTimestamp !== undefined;
    observer.setMoving(run.stem, (!complete || deleting) && stuckMs < patienceMs && plan.blocked === undefined);
    const well =
      complete && heldMs === 0 && run.unanswered === undefined && !isConditionTrue(next.conditions, 'Degraded');
    const unsettled = well ? undefined : unsettledWords(heldMs > 0 ? (object.status ?? next) : next);
    const words = deleting ? `being deleted: ${plan.explanation.join('; ')}` : unsettled;
    this.#options.onConcluded?.(run.key, words, object.metadata.generation);
    const waits = this.#recheckDelays(plan, run, { complete, heldMs, stuckMs });
    const isContent =
      words === undefined && waits.length === 0 && plan.actions.length + plan.needs.length === 0 && memory.isCalm;
    const { current } = plan.family;
    const detail = current === undefined ? undefined : run.readings.get(current.id)?.detail;
    if (current !== undefined) observer.concluded(current.id, isContent ? detail : undefined);
    return waits.length === 0 ? done() : requeueAfter(Math.min(...waits));
  }

  /** Writes a status that says anything new, and tells of it once, however often writing it fails. */
  async #write(object: Stored<ECSMService>, next: ECSMServiceStatus, run: Run): Promise<void> {
    const { dependencies, onStatus } = this.#options;
    const { memory, context } = run;
    let isWorse = false;
    announceStatus(memory.told ?? object.status, next, (type, reason, message) => {
      isWorse ||= type === 'Warning';
      // A refusal has been told when it came.
      if (reason === memory.problem?.reason) context.event(type, reason, message);
      else this.#tell(run, type, reason, message);
    });
    onStatus?.(isWorse);
    memory.told = next;
    await context.client.updateStatus({ ...object, status: next });
    memory.told = undefined;
    dependencies.statusWritten(object, next);
  }

  /** In how many milliseconds, each for its reason, an object has to be looked at again without anything happening to it. */
  #recheckDelays(
    plan: Plan,
    { memory }: Run,
    { complete, heldMs, stuckMs }: { readonly complete: boolean; readonly heldMs: number; readonly stuckMs: number },
  ): readonly number[] {
    const { observer, clock } = this.#options;
    const retryMs = memory.retryAtMs - clock.monotonicNow();
    // What a run was too early for, or had no more rounds for, is nobody else's to remember; the end of an outage runs it anyway.
    const isUnfinished =
      retryMs > 0 || (plan.actions.length + plan.needs.length > 0 && observer.reachability.state !== 'unreachable');
    return [
      ...plan.waits.flatMap(({ recheckMs }) => recheckMs ?? []),
      ...(heldMs > 0 ? [Math.max(1000, heldMs)] : []),
      ...(isUnfinished ? [Math.max(unfinishedPauseMs, retryMs)] : []),
      ...(plan.target.template.vsoa?.healthCheck?.path !== undefined && plan.wanted > 0 ? [healthLookMs] : []),
      ...(complete || plan.wanted === 0 ? [] : [Math.max(1000, plan.strategy.progressDeadlineMs - stuckMs)]),
    ].filter((ms) => ms > 0);
  }
}

/** The id that the service had which a create would make anew, as the status says; `undefined` for one that is new. */
function idOfMissing(action: Create, { status }: ECSMService, plan: Plan): string | undefined {
  if (status?.updateRevision !== action.revision.hash) return undefined;
  // In the middle of a rollout the status names the service of the template before.
  const isThere = plan.family.old.some(({ id }) => id === status.underlyingServiceID);
  return isThere ? undefined : status.underlyingServiceID;
}

/** The outcome of a cleanup that has to go on, at the latest after a while. */
function notGone(outcome: Outcome): Outcome {
  return outcome.type === 'done' ? requeueAfter(stillThereMs) : outcome;
}
