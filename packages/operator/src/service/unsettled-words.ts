import { findCondition, type ECSMServiceStatus } from '@ecsm/api-types';

/** What a condition says when it is a reason why an object is not settled. */
const wrong = [
  ['PlatformReachable', 'False'],
  ['DependenciesReady', 'False'],
  ['Available', 'False'],
  ['Degraded', 'True'],
] as const;

/** Why an object is not settled, in the words of its conditions. */
export function unsettledWords({ conditions }: ECSMServiceStatus): string {
  const told = wrong.flatMap(([type, status]) => {
    const condition = findCondition(conditions, type);
    return condition?.status === status ? [condition] : [];
  });
  const progressing = findCondition(conditions, 'Progressing');
  if (progressing !== undefined && progressing.reason !== 'RolloutComplete') told.push(progressing);
  // Its rollout is over, and it is not as it should be: what is missing is told by the numbers.
  const available = findCondition(conditions, 'Available');
  if (told.length === 0 && available !== undefined) told.push(available);
  return told.map(({ reason, message }) => `${reason}: ${message}`).join('; ');
}
