import { findCondition, type ECSMServiceStatus } from '@ecsm/api-types';

/** Whether a status says that its rollout has ended well, whatever became of its instances since. */
export function isRolloutComplete(status: ECSMServiceStatus | undefined): boolean {
  return findCondition(status?.conditions, 'Progressing')?.reason === 'RolloutComplete';
}
