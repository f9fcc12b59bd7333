import {
  ECSMService,
  formatKey,
  isConflictError,
  isInvalidError,
  isNotFoundError,
  keyOf,
  type Clock,
  type ECSMHpa,
  type ECSMHpaStatus,
  type MetricSpec,
  type ObjectKey,
  type Stored,
} from '@ecsm/api-types';
import {
  done,
  eventWriteIntervalMs,
  type Outcome,
  type ReconcileContext,
  type Reconciler,
} from '@ecsm/controller-runtime';
import {
  autoscale,
  autoscalerStatus,
  conditionChange,
  isPressing,
  readExternalMetric,
  readResourceMetric,
  rescaleReason,
  type AutoscaleDecision,
  type AutoscalerLook,
  type MetricReading,
  type RescaleResult,
} from '@ecsm/planner';

import { messageLine } from '../internal/message-line.js';
import { AutoscalerMemory } from './autoscaler-memory.js';
import type { ContainerSample, ContainerSampler } from './container-sampler.js';
import type { ExternalMetrics } from './external-metrics.js';
import type { TargetClaims } from './target-claims.js';

/** Options of {@link HpaReconciler}. */
export interface HpaReconcilerOptions {
  readonly sampler: ContainerSampler;
  readonly externals: ExternalMetrics;
  readonly claims: TargetClaims;
  readonly clock: Clock;
  readonly periodMs: number;
  /** Milliseconds during which the platform was observed. */
  readonly observedMs: () => number;
  /** Ids of the platform services of an object that are to stay. */
  readonly serviceIdsOf: (target: ECSMService) => readonly string[];
  /** Instances of an object that are ready. */
  readonly readyInstancesOf: (target: ECSMService) => number;
}

type Context = ReconcileContext<ECSMHpa>;
type Decided = Extract<AutoscalerLook, { readonly type: 'decided' }>;

/** What a source outside of the platform said, or why it said nothing. */
type ExternalValue = { readonly value: number } | { readonly problem: string; readonly lasting: boolean };

/** A look that failed for a passing reason is worth a word only when the next one fails as well. */
const missesWorthTelling = 2;

/**
 * Keeps the number of replicas of one service in step with its metrics.
 *
 * It runs after every look of the sampler, and when its object or a rival changes. Of the target it writes the scale
 * subresource and nothing else. While the platform is not observed its time stands still, and nothing is decided but the
 * return into `minReplicas` and `maxReplicas`.
 */
export class HpaReconciler implements Reconciler<ECSMHpa> {
  readonly #options: HpaReconcilerOptions;
  readonly #memories = new Map<string, AutoscalerMemory>();

  constructor(options: HpaReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(hpa: Stored<ECSMHpa>, context: Context): Promise<Outcome> {
    const { claims, sampler } = this.#options;
    const rivals = await claims.rivalsOf(hpa, context.clients);
    if (rivals.length > 0) {
      this.#memories.delete(formatKey(context.key));
      sampler.want(context.key, () => []);
      return this.#conclude(hpa, { type: 'ambiguous', rivals: rivals.map(({ name }) => name).sort() }, context);
    }
    const sample = sampler.latest(context.key);
    const externals = sample === undefined ? [] : await this.#readExternals(hpa, sample, context);
    // Read last: whoever has changed the number meanwhile is not overruled.
    const target = await this.#target(hpa, context);
    if (typeof target === 'string') {
      sampler.want(context.key, () => []);
      return this.#conclude(hpa, { type: 'noScale', message: target }, context);
    }
    sampler.want(context.key, () => (followsContainers(hpa) ? this.#options.serviceIdsOf(target) : []));
    return sample === undefined ? done() : this.#decide(hpa, target, { sample, externals }, context);
  }

  onGone(key: ObjectKey): Outcome {
    this.#memories.delete(formatKey(key));
    this.#options.sampler.drop(key);
    this.#options.claims.release(formatKey(key));
    return done();
  }

  /** The target, or why it cannot be scaled. */
  async #target(hpa: ECSMHpa, { clients }: Context): Promise<Stored<ECSMService> | string> {
    const key = targetKey(hpa);
    try {
      const target = await clients.resource(ECSMService).get(key);
      if (target.metadata.deletionTimestamp !== undefined)
        return `${ECSMService.kind} ${formatKey(key)} is being deleted`;
      return ECSMService.subresources.scale?.refuse?.(target) ?? target;
    } catch (error) {
      if (isNotFoundError(error)) return `there is no ${ECSMService.kind} ${formatKey(key)}`;
      throw error;
    }
  }

  async #readExternals(
    hpa: ECSMHpa,
    sample: ContainerSample,
    context: Context,
  ): Promise<readonly (ExternalValue | undefined)[]> {
    // Nobody is asked for numbers that nothing can be done with.
    if (sample.type === 'outage') return [];
    return Promise.all((hpa.spec.metrics ?? []).map((metric) => this.#readExternal(hpa, metric, context)));
  }

  async #readExternal(hpa: ECSMHpa, { external }: MetricSpec, context: Context): Promise<ExternalValue | undefined> {
    if (external === undefined) return undefined;
    const { name, selector } = external.metric;
    const query = {
      name,
      matchLabels: selector?.matchLabels ?? {},
      autoscaler: context.key,
      target: targetKey(hpa),
    };
    try {
      const value = await this.#options.externals.read(query, context.signal);
      if (value !== undefined) return { value };
      return { problem: `no metric source of this operator knows ${name}`, lasting: true };
    } catch (error) {
      context.signal.throwIfAborted();
      // Each look that fails like the one before it is no news.
      const level = this.#memory(context.key).misses === 0 ? 'warn' : 'debug';
      context.log[level]({ metric: name, error: messageLine(error) }, 'a metric source failed');
      return { problem: `the source of ${name} failed: ${messageLine(error)}`, lasting: false };
    }
  }

  async #decide(
    hpa: Stored<ECSMHpa>,
    target: Stored<ECSMService>,
    seen: { readonly sample: ContainerSample; readonly externals: readonly (ExternalValue | undefined)[] },
    context: Context,
  ): Promise<Outcome> {
    const observedMs = this.#options.observedMs();
    const memory = this.#memory(context.key);
    const current = target.spec.deploymentStrategy.replicas ?? 0;
    const readings = (hpa.spec.metrics ?? []).map((metric, index) =>
      this.#reading(hpa, metric, { target, current, sample: seen.sample, external: seen.externals[index] }),
    );
    const decision = autoscale({
      spec: hpa.spec,
      current,
      proposals: readings.map(({ proposal }) => proposal),
      history: memory.history(hpa, target, current, observedMs),
      nowMs: observedMs,
    });
    const rescale = await this.#rescale(hpa, current, decision, context);
    // A change counts from when it was made, not from when it was decided.
    if (rescale?.type !== 'failed') memory.decided(hpa, current, decision, this.#options.observedMs());
    const look: Decided = {
      type: 'decided',
      current,
      decision,
      readings,
      ...(rescale === undefined ? {} : { rescale }),
    };
    return this.#isQuiet(look, seen.sample, memory) ? done() : this.#conclude(hpa, look, context);
  }

  #reading(
    hpa: ECSMHpa,
    { resource, external }: MetricSpec,
    seen: {
      readonly target: ECSMService;
      readonly current: number;
      readonly sample: ContainerSample;
      readonly external: ExternalValue | undefined;
    },
  ): MetricReading {
    const { current, sample, target } = seen;
    const { behavior } = hpa.spec;
    const reason = resource === undefined ? 'FailedGetExternalMetric' : 'FailedGetResourceMetric';
    if (sample.type === 'outage') {
      return { failure: { reason, message: 'the platform does not answer', lasting: true } };
    }
    if (resource !== undefined) {
      if (sample.type === 'read') return readResourceMetric(resource, sample.containers, current, behavior);
      const message = `the containers' figures could not be read: ${sample.problem}`;
      return { failure: { reason, message, lasting: false } };
    }
    if (external === undefined || seen.external === undefined) {
      return { failure: { reason, message: 'the metric has not been read yet', lasting: false } };
    }
    if ('problem' in seen.external) {
      const { problem, lasting } = seen.external;
      return { failure: { reason, message: problem, lasting } };
    }
    const ready = this.#options.readyInstancesOf(target);
    return readExternalMetric(external, seen.external.value, { current, ready }, behavior);
  }

  /** Carries a decision out, if there is anything to carry out. */
  async #rescale(
    hpa: ECSMHpa,
    current: number,
    decision: AutoscaleDecision,
    context: Context,
  ): Promise<RescaleResult | undefined> {
    const { replicas } = decision;
    if (replicas === current) return undefined;
    const reason = rescaleReason(hpa, current, decision);
    try {
      await context.clients.resource(ECSMService).scale(targetKey(hpa), replicas, { signal: context.signal });
    } catch (error) {
      if (!isNotFoundError(error) && !isInvalidError(error) && !isConflictError(error)) throw error;
      context.event(
        'Warning',
        'FailedRescale',
        `New size: ${replicas}; reason: ${reason}; error: ${messageLine(error)}`,
      );
      return { type: 'failed', message: messageLine(error) };
    }
    context.log.info({ target: hpa.spec.scaleTargetRef.name, from: current, to: replicas, reason }, 'scaled');
    context.event('Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    return { type: 'done' };
  }

  /** Whether nothing is said of a failure yet, since it may pass; counts failures in a row. */
  #isQuiet({ decision, readings }: Decided, sample: ContainerSample, memory: AutoscalerMemory): boolean {
    const failures = readings.flatMap(({ failure }) => failure ?? []);
    memory.misses = failures.length === 0 ? 0 : memory.misses + 1;
    if (decision.idle !== 'noMetrics') return false;
    if (sample.type === 'outage') return !sample.long;
    return failures.every(({ lasting }) => !lasting) && memory.misses < missesWorthTelling;
  }

  /** Writes the status if it says anything new, and tells of it. */
  async #conclude(hpa: Stored<ECSMHpa>, look: AutoscalerLook, context: Context): Promise<Outcome> {
    const status = autoscalerStatus(hpa, look, this.#options.clock.now());
    this.#announce(hpa, look, status, context);
    if (status === hpa.status || this.#canWait(hpa, status, context.key)) return done();
    // Without a resourceVersion it lands on the newest version, whatever the user has changed meanwhile.
    const metadata: { resourceVersion?: string } & ECSMHpa['metadata'] = { ...hpa.metadata };
    delete metadata.resourceVersion;
    try {
      await context.client.updateStatus({ ...hpa, metadata, status });
    } catch (error) {
      if (!isNotFoundError(error)) throw error;
    }
    return done();
  }

  /** News that does not press is written once a minute at most, as events are: every write wears the disk. */
  #canWait(hpa: ECSMHpa, status: ECSMHpaStatus, key: ObjectKey): boolean {
    const memory = this.#memory(key);
    const nowMs = this.#options.clock.monotonicNow();
    if (!isPressing(hpa.status, status) && nowMs - memory.writtenAtMs < eventWriteIntervalMs) return true;
    memory.writtenAtMs = nowMs;
    return false;
  }

  /** A failure that may pass is told each time, and counted; one that stays is told when it begins. */
  #announce(hpa: ECSMHpa, look: AutoscalerLook, status: ECSMHpaStatus, context: Context): void {
    for (const type of ['AbleToScale', 'ScalingActive']) {
      const change = conditionChange(hpa.status, status, type);
      if (change?.status !== 'False' || change.reason === 'FailedUpdateScale') continue;
      context.event(change.reason === 'ScalingDisabled' ? 'Normal' : 'Warning', change.reason, change.message);
    }
    if (look.type !== 'decided' || look.decision.idle !== 'noMetrics') return;
    const known = conditionChange(hpa.status, status, 'ScalingActive') === undefined;
    for (const { failure } of known ? look.readings : []) {
      if (failure?.lasting === false) context.event('Warning', failure.reason, failure.message);
    }
  }

  #memory(key: ObjectKey): AutoscalerMemory {
    const text = formatKey(key);
    const memory = this.#memories.get(text) ?? new AutoscalerMemory(this.#options.periodMs);
    this.#memories.set(text, memory);
    return memory;
  }
}

function targetKey(hpa: ECSMHpa): ObjectKey {
  return { ...keyOf(hpa), name: hpa.spec.scaleTargetRef.name };
}

function followsContainers({ spec }: ECSMHpa): boolean {
  return (spec.metrics ?? []).some(({ type }) => type === 'Resource');
}
