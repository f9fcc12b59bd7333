import {
  findCondition,
  parseQuantity,
  type ECSMHpa,
  type ECSMHpaStatus,
  type MetricSpec,
  type MetricStatus,
  type MetricValueStatus,
} from '@ecsm/api-types';

import { withFindings, type Finding } from '../status/conditions.js';
import type { AutoscaleDecision } from './autoscale.js';
import { metricName, type MetricFailure, type MetricReading } from './metric-reading.js';
import { defaultTolerance } from './replica-calculator.js';

/** What became of a change that was decided. */
export type RescaleResult = { readonly type: 'done' } | { readonly type: 'failed'; readonly message: string };

/** How one look of an autoscaler ended. */
export type AutoscalerLook =
  /** Several autoscalers want the same target; none of them acts. */
  | { readonly type: 'ambiguous'; readonly rivals: readonly string[] }
  /** There is no target, or it cannot be scaled. */
  | { readonly type: 'noScale'; readonly message: string }
  | {
      readonly type: 'decided';
      readonly current: number;
      readonly decision: AutoscaleDecision;
      readonly readings: readonly MetricReading[];
      /** Absent when nothing was to be changed. */
      readonly rescale?: RescaleResult;
    };

/** What a condition says where nothing is wrong, or where it is always the same. */
const words = {
  ScaleUpStabilized: 'recent recommendations were lower than the current one: the lowest of them counts',
  ScaleDownStabilized: 'recent recommendations were higher than the current one: the highest of them counts',
  DesiredWithinRange: 'the wanted number is within the range allowed',
  ScaleUpLimit: 'the wanted number grows faster than the scale-up policies allow',
  ScaleDownLimit: 'the wanted number falls faster than the scale-down policies allow',
  TooFewReplicas: 'the wanted number is below minReplicas',
  TooManyReplicas: 'the wanted number is above maxReplicas',
} as const;

function finding(type: string, status: boolean, reason: string, message: string): Finding {
  return { type, status: status ? 'True' : 'False', reason, message };
}

/** The first failure, which stands for all, where nothing could be decided. */
function firstFailure(readings: readonly MetricReading[]): MetricFailure | undefined {
  return readings.find(({ failure }) => failure !== undefined)?.failure;
}

function ableToScale(decision: AutoscaleDecision, rescale: RescaleResult | undefined): Finding {
  const about = (reason: string, message: string): Finding => finding('AbleToScale', true, reason, message);
  if (rescale?.type === 'failed') return finding('AbleToScale', false, 'FailedUpdateScale', rescale.message);
  if (rescale !== undefined) return about('SucceededRescale', `the target was scaled to ${decision.replicas}`);
  if (decision.idle !== undefined) return about('SucceededGetScale', 'the present scale of the target is known');
  if (decision.stabilized !== undefined) return about(decision.stabilized, words[decision.stabilized]);
  return about('ReadyForNewScale', 'nothing stands in the way of a new scale');
}

function decided(
  metrics: readonly MetricSpec[],
  { decision, readings, rescale }: Extract<AutoscalerLook, { readonly type: 'decided' }>,
): readonly Finding[] {
  const able = ableToScale(decision, rescale);
  const active = (status: boolean, reason: string, message: string): readonly Finding[] => [
    able,
    finding('ScalingActive', status, reason, message),
  ];
  if (decision.idle === 'disabled') {
    return active(false, 'ScalingDisabled', 'the target was scaled to 0: scale it to 1 or more to go on');
  }
  const failure = firstFailure(readings);
  const unread = failure !== undefined && decision.followed === undefined;
  const found = active(
    !unread,
    unread ? failure.reason : 'ValidMetricFound',
    unread ? failure.message : `replicas are counted from ${nameOf(metrics, decision)}`,
  );
  if (decision.idle !== undefined) return found;
  const { limit } = decision;
  return [...found, finding('ScalingLimited', limit !== 'DesiredWithinRange', limit, words[limit])];
}

function nameOf(metrics: readonly MetricSpec[], { followed = 0 }: AutoscaleDecision): string {
  const metric = metrics[followed];
  return metric === undefined ? 'no metric' : metricName(metric);
}

function findings(hpa: ECSMHpa, look: AutoscalerLook): readonly Finding[] {
  switch (look.type) {
    case 'ambiguous': {
      const others = look.rivals.join(', ');
      const message = `${hpa.spec.scaleTargetRef.name} is the target of ${others} as well: none of them scales it until only one is left`;
      return [finding('ScalingActive', false, 'AmbiguousSelector', message)];
    }
    case 'noScale':
      return [finding('AbleToScale', false, 'FailedGetScale', look.message)];
    case 'decided':
      return decided(hpa.spec.metrics ?? [], look);
  }
}

/** Why a target is scaled, in the words of an event. */
export function rescaleReason(hpa: ECSMHpa, current: number, decision: AutoscaleDecision): string {
  if (decision.followed === undefined) {
    return decision.replicas < current
      ? `the number was above maxReplicas (${current})`
      : `the number was below minReplicas (${current})`;
  }
  if (decision.replicas < current) return 'all metrics are below their targets';
  return `${nameOf(hpa.spec.metrics ?? [], decision)} is above its target`;
}

function figure({ averageUtilization, averageValue, value }: MetricValueStatus): number {
  return averageUtilization ?? parseQuantity(averageValue ?? value ?? '0');
}

/** Whether two readings differ by less than an autoscaler would act on. */
function isNear(before: MetricStatus, after: MetricStatus): boolean {
  const [old, young] = [before, after].map(({ resource, external }) => ({
    name: resource?.name ?? external?.metric.name,
    ...(resource ?? external)?.current,
  }));
  if (old === undefined || young === undefined || old.name !== young.name) return false;
  if (Object.keys(old).join() !== Object.keys(young).join()) return false;
  return Math.abs(figure(young) - figure(old)) <= defaultTolerance * Math.max(figure(old), figure(young));
}

function areNear(before: readonly MetricStatus[] | undefined, after: readonly MetricStatus[]): boolean {
  return (
    before?.length === after.length &&
    after.every((status, index) => {
      const old = before[index];
      return old !== undefined && isNear(old, status);
    })
  );
}

/**
 * The status of an autoscaler after a look, as Kubernetes has it; the same object when there is nothing new to say.
 *
 * Figures wander all the time, and every write wears the disk: they alone are news only when one has moved by more than a
 * tenth since it was last written.
 *
 * @param nowMs - wall-clock time in milliseconds since the Unix epoch
 */
export function autoscalerStatus(hpa: ECSMHpa, look: AutoscalerLook, nowMs: number): ECSMHpaStatus {
  const before = hpa.status ?? {};
  const { generation } = hpa.metadata;
  const conditions = withFindings(before.conditions, findings(hpa, look), generation, nowMs);
  const numbers = look.type === 'decided' ? numbersOf(look) : {};
  const metrics = look.type === 'decided' ? look.readings.flatMap(({ status }) => status ?? []) : [];
  const rescaled = look.type === 'decided' && look.rescale?.type === 'done';
  const same =
    !rescaled &&
    conditions === before.conditions &&
    before.observedGeneration === generation &&
    Object.entries(numbers).every(([name, value]) => before[name as keyof typeof numbers] === value) &&
    areNear(before.currentMetrics ?? [], metrics);
  if (same && hpa.status !== undefined) return hpa.status;
  const { lastScaleTime, currentReplicas, desiredReplicas } = before;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    ...(currentReplicas === undefined ? {} : { currentReplicas }),
    ...(desiredReplicas === undefined ? {} : { desiredReplicas }),
    ...numbers,
    ...(rescaled ? { lastScaleTime: new Date(nowMs).toISOString() } : {}),
    ...(metrics.length === 0 ? {} : { currentMetrics: metrics }),
    conditions,
  };
}

/**
 * Whether a new status cannot wait: it tells of another number, another generation, or of a failure that has come, gone or
 * changed. What is left are figures, and limits that the unrest of the figures may cross and cross again.
 */
export function isPressing(before: ECSMHpaStatus | undefined, after: ECSMHpaStatus): boolean {
  if (before === undefined) return true;
  const numbers = ['observedGeneration', 'lastScaleTime', 'currentReplicas', 'desiredReplicas'] as const;
  if (numbers.some((name) => before[name] !== after[name])) return true;
  return ['AbleToScale', 'ScalingActive'].some((type) => {
    const old = findCondition(before.conditions, type);
    const now = findCondition(after.conditions, type);
    return old?.status !== now?.status || (now?.status === 'False' && old?.message !== now.message);
  });
}

function numbersOf({ current, decision, rescale }: Extract<AutoscalerLook, { readonly type: 'decided' }>) {
  return {
    currentReplicas: current,
    desiredReplicas: rescale?.type === 'failed' ? current : decision.replicas,
  };
}
