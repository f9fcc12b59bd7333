import type { InstanceSample, MetricGoal, MetricProposal } from './metric-sample.js';

/** Share of the target within which Kubernetes' autoscaler changes nothing. */
export const defaultTolerance = 0.1;

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isWithin(ratio: number, tolerance: MetricGoal['tolerance']): boolean {
  return ratio >= 1 - tolerance.down && ratio <= 1 + tolerance.up;
}

/** Rounds up, but not for the dust that floating point leaves above a whole number. */
function ceil(value: number): number {
  return Math.max(0, Math.ceil(value - 1e-9));
}

/**
 * The replicas that figures of single instances ask for, by the rule of Kubernetes' horizontal autoscaler.
 *
 * Instances without a figure, or not yet ready, are counted the careful way for the direction: as idle before a scale-up,
 * as fully used before a scale-down; when that turns the direction around, nothing changes.
 *
 * @returns `undefined` when no ready instance has a figure
 */
export function replicasForInstances(
  current: number,
  samples: readonly InstanceSample[],
  goal: MetricGoal,
): MetricProposal | undefined {
  const ready: number[] = [];
  let unready = 0;
  let missing = 0;
  for (const { state, value } of samples) {
    if (state === 'ignored') continue;
    if (state === 'unready') unready++;
    else if (value === undefined) missing++;
    else ready.push(value);
  }
  if (ready.length === 0) return undefined;
  const readyMean = mean(ready);
  const ratio = readyMean / goal.target;
  const proposal = (replicas: number): MetricProposal => ({ replicas, mean: readyMean });

  const countsUnready = unready > 0 && ratio > 1;
  if (!countsUnready && missing === 0) {
    return proposal(isWithin(ratio, goal.tolerance) ? current : ceil(ratio * ready.length));
  }
  const careful = [...ready];
  if (ratio !== 1) {
    const assumed = ratio < 1 ? goal.missingWhenScalingDown : 0;
    for (let index = 0; index < missing; index++) careful.push(assumed);
  }
  if (countsUnready) for (let index = 0; index < unready; index++) careful.push(0);
  const carefulRatio = mean(careful) / goal.target;
  const turned = (ratio < 1 && carefulRatio > 1) || (ratio > 1 && carefulRatio < 1);
  if (turned || isWithin(carefulRatio, goal.tolerance)) return proposal(current);
  const replicas = ceil(carefulRatio * careful.length);
  const wrongWay = (carefulRatio < 1 && replicas > current) || (carefulRatio > 1 && replicas < current);
  return proposal(wrongWay ? current : replicas);
}

/** The replicas that one value for the whole service asks for, compared with a target for the whole. */
export function replicasForValue(current: number, ready: number, value: number, goal: MetricGoal): MetricProposal {
  const ratio = value / goal.target;
  if (current === 0) return { replicas: ceil(ratio), mean: value };
  if (isWithin(ratio, goal.tolerance)) return { replicas: current, mean: value };
  const replicas = ceil(ratio * ready);
  // Few of them may be ready for a while: a value that is too high takes none away all the same.
  return { replicas: ratio > 1 ? Math.max(current, replicas) : replicas, mean: value };
}

/** The replicas that one value for the whole service asks for, compared with a target for each instance. */
export function replicasForAverage(current: number, value: number, goal: MetricGoal): MetricProposal {
  const each = current === 0 ? value : value / current;
  const ratio = current === 0 ? Infinity : value / (goal.target * current);
  const unchanged = current > 0 && isWithin(ratio, goal.tolerance);
  return { replicas: unchanged ? current : ceil(value / goal.target), mean: each };
}
