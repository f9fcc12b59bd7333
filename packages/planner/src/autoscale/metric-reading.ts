import {
  parseQuantity,
  type ECSMHpaSpec,
  type MetricSpec,
  type MetricStatus,
  type MetricTarget,
} from '@ecsm/api-types';

import { instanceSample, type ContainerFigures } from './container-figures.js';
import { formatBytes, formatQuantity } from './format-quantity.js';
import type { MetricGoal, MetricProposal } from './metric-sample.js';
import { defaultTolerance, replicasForAverage, replicasForInstances, replicasForValue } from './replica-calculator.js';

/** Why a metric could not be read; the words are those of Kubernetes' condition ScalingActive. */
export const metricFailureReasons = ['FailedGetResourceMetric', 'FailedGetExternalMetric'] as const;

/** Why a metric could not be read. */
export interface MetricFailure {
  readonly reason: (typeof metricFailureReasons)[number];
  /** The same as long as the cause is the same. */
  readonly message: string;
  /** Whether it lasts until somebody changes something, rather than passing by itself. */
  readonly lasting: boolean;
}

/** What one look at one metric gave. */
export type MetricReading =
  | { readonly proposal: MetricProposal; readonly status: MetricStatus; readonly failure?: never }
  | { readonly failure: MetricFailure; readonly proposal?: never; readonly status?: never };

/** A metric of the containers' own. */
export type ResourceMetric = NonNullable<MetricSpec['resource']>;
/** A metric from elsewhere. */
export type ExternalMetric = NonNullable<MetricSpec['external']>;

type Behavior = ECSMHpaSpec['behavior'];

/** A metric in a few words: `cpu`, `memory` or the name of an external metric. */
export function metricName({ resource, external }: MetricSpec): string {
  return resource?.name ?? external?.metric.name ?? '';
}

function toleranceOf(behavior: Behavior): MetricGoal['tolerance'] {
  const of = (text: string | undefined): number => (text === undefined ? defaultTolerance : parseQuantity(text));
  return { up: of(behavior?.scaleUp?.tolerance), down: of(behavior?.scaleDown?.tolerance) };
}

/** The number a target names, in the unit its figures are counted in. */
function targetValue({ type, averageUtilization, averageValue, value }: MetricTarget): number {
  if (type === 'Utilization') return averageUtilization ?? NaN;
  return parseQuantity((type === 'AverageValue' ? averageValue : value) ?? '');
}

function failed(reason: MetricFailure['reason'], message: string, lasting = false): MetricReading {
  return { failure: { reason, message, lasting } };
}

/** What a container uses of a resource, in percent or in the resource's unit: cores or bytes. */
function figureOf(container: ContainerFigures, { name, target }: ResourceMetric): number | undefined {
  const { cpuPercent, memoryBytes, memoryLimitBytes = NaN } = container;
  const percent = target.type === 'Utilization';
  if (name === 'cpu') return cpuPercent === undefined || percent ? cpuPercent : cpuPercent / 100;
  return memoryBytes === undefined || !percent ? memoryBytes : (100 * memoryBytes) / memoryLimitBytes;
}

/**
 * What the figures of a service's containers ask for.
 *
 * Utilization of CPU is the platform's own percentage; of memory it is the usage as a share of the container's limit, and
 * a container without one cannot be measured so. A plain value of CPU counts cores, 100 % being one.
 */
export function readResourceMetric(
  metric: ResourceMetric,
  containers: readonly ContainerFigures[],
  current: number,
  behavior: Behavior,
): MetricReading {
  const { name, target } = metric;
  const reason = 'FailedGetResourceMetric';
  if (containers.length === 0) return failed(reason, 'the service has no containers');
  const percent = target.type === 'Utilization';
  const unlimited = containers.filter((each) => each.state === 'running' && each.memoryLimitBytes === undefined);
  if (name === 'memory' && percent && unlimited.length > 0) {
    const what = 'a share of the memory limit cannot be told of containers without one';
    return failed(reason, `${what}: set spec.template.resources.limits.memory of the service`, true);
  }
  const value = targetValue(target);
  const goal = { target: value, missingWhenScalingDown: percent ? Math.max(100, value) : value };
  const samples = containers.map((each) => instanceSample(each, name, figureOf(each, metric)));
  const proposal = replicasForInstances(current, samples, { ...goal, tolerance: toleranceOf(behavior) });
  if (proposal === undefined) return failed(reason, `no container that is ready has a figure for ${name}`);
  const shown = percent
    ? { averageUtilization: Math.round(proposal.mean) }
    : { averageValue: (name === 'memory' ? formatBytes : formatQuantity)(proposal.mean) };
  return { proposal, status: { type: 'Resource', resource: { name, current: shown } } };
}

/** What a value from elsewhere asks for. */
export function readExternalMetric(
  { metric, target }: ExternalMetric,
  value: number,
  instances: { readonly current: number; readonly ready: number },
  behavior: Behavior,
): MetricReading {
  const { name } = metric;
  if (!Number.isFinite(value) || value < 0) {
    return failed('FailedGetExternalMetric', `the source of ${name} gave ${value}, not a number of 0 or more`);
  }
  const wanted = targetValue(target);
  const goal = { target: wanted, missingWhenScalingDown: wanted, tolerance: toleranceOf(behavior) };
  const average = target.type === 'AverageValue';
  const proposal = average
    ? replicasForAverage(instances.current, value, goal)
    : replicasForValue(instances.current, instances.ready, value, goal);
  const shown = formatQuantity(proposal.mean);
  const current = average ? { averageValue: shown } : { value: shown };
  return { proposal, status: { type: 'External', external: { metric: { name }, current } } };
}
