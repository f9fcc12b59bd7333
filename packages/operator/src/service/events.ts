import type { ECSMServiceStatus, Event } from '@ecsm/api-types';
import { conditionChange, type Action } from '@ecsm/planner';

import { isRolloutComplete } from './is-rollout-complete.js';

/** Records an event of the object at hand. */
export type Announce = (type: Event['type'], reason: string, message: string) => void;

/** An event about to be recorded. */
export interface Announcement {
  readonly type: Event['type'];
  readonly reason: string;
  readonly message: string;
}

/** The event that tells of an action. */
export function actionEvent(action: Action): Announcement {
  switch (action.type) {
    case 'create':
      return { type: 'Normal', reason: 'Created', message: action.reason };
    case 'update':
      return action.cause === 'DriftCorrected' || action.cause === 'Heal'
        ? { type: 'Warning', reason: action.cause, message: action.reason }
        : { type: 'Normal', reason: action.cause === 'Scale' ? 'Scaled' : 'RollingOut', message: action.reason };
    case 'destroy':
      return { type: action.cause === 'Twin' ? 'Warning' : 'Normal', reason: 'Destroyed', message: action.reason };
    case 'act':
      return { type: 'Warning', reason: 'Healed', message: action.reason };
  }
}

/** Records the events that tell of a changed status. */
export function announceStatus(
  before: ECSMServiceStatus | undefined,
  after: ECSMServiceStatus,
  announce: Announce,
): void {
  const available = conditionChange(before, after, 'Available');
  if (available?.status === 'False' && hasLostInstances(before, after)) {
    announce('Warning', available.reason, available.message);
  }
  const degraded = conditionChange(before, after, 'Degraded');
  if (degraded?.status === 'True') announce('Warning', degraded.reason, degraded.message);
  const progress = conditionChange(before, after, 'Progressing');
  if (progress?.reason === 'RolloutComplete') announce('Normal', 'RolloutComplete', progress.message);
  else if (available?.status === 'True' && isRolloutComplete(before) && isRolloutComplete(after)) {
    // What was lost is back: no rollout tells it.
    announce('Normal', available.reason, available.message);
  }
  if (progress?.reason === 'ProgressDeadlineExceeded') announce('Warning', progress.reason, progress.message);
  const waiting = conditionChange(before, after, 'DependenciesReady');
  if (waiting?.status === 'False') {
    announce(waiting.reason === 'DependencyCycle' ? 'Warning' : 'Normal', waiting.reason, waiting.message);
  }
  if (progress?.reason === 'WaitingForRoom') announce('Warning', progress.reason, progress.message);
  const preempted = conditionChange(before, after, 'Preempted');
  if (preempted?.status === 'True') announce('Warning', 'Preempted', preempted.message);
  if (preempted?.status === 'False') announce('Normal', preempted.reason, preempted.message);
}

/** Whether instances have gone of which nobody has asked for fewer or others, as with the node they ran on. */
function hasLostInstances(before: ECSMServiceStatus | undefined, after: ECSMServiceStatus): boolean {
  if (before?.observedGeneration !== after.observedGeneration) return false;
  const atRest = before?.currentRevision !== undefined && before.currentRevision === before.updateRevision;
  return atRest && (after.availableReplicas ?? 0) < (before.availableReplicas ?? 0);
}
