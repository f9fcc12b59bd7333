import type { SeededRandom } from '@ecsm/api-types/testing';
import type { PlatformSettings } from '@ecsm/ecsm-simulator';

/**
 * A platform that does anything its documents leave open. Every third one is as the assumptions have it, since only then do the
 * bounds of a rollout hold.
 */
export function randomPlatform(dice: SeededRandom): Partial<PlatformSettings> {
  if (dice.chance(0.34)) return {};
  return {
    duplicateNames: dice.pick(['refuse', 'accept'] as const),
    putRestarts: dice.pick(['changed', 'changed', 'all'] as const),
    factorOnStatic: dice.pick(['ignore', 'store', 'refuse'] as const),
    factorZero: dice.pick(['zero', 'one', 'refuse'] as const),
    actionReply: dice.pick(['object', 'array'] as const),
    replyContainers: dice.pick(['taskIds', 'containerIds'] as const),
    failureHttpStatus: dice.pick(['ok', 'envelope'] as const),
    fieldErrors: dice.pick(['string', 'object'] as const),
    stoppedServiceStatus: dice.pick(['complete', 'stopped'] as const),
    deletedServiceRow: dice.pick(['untilContainersGone', 'goneAtOnce'] as const),
    instanceActive: dice.pick(['notOnline', 'deployed'] as const),
    lostContainerStatus: dice.pick(['exited', 'running'] as const),
    returningNode: dice.pick(['removeDuplicate', 'keepDuplicate'] as const),
    restartPolicy: dice.pick(['always', 'onFailure', 'never'] as const),
    deployRetryMs: dice.pick([0, 5000]),
  };
}

/** Whether the bounds of a rollout are promised on such a platform. */
export function keepsBounds({ putRestarts = 'changed', deletedServiceRow }: Partial<PlatformSettings>): boolean {
  // A service whose row goes at once hides the instances it is still ending.
  return putRestarts === 'changed' && deletedServiceRow !== 'goneAtOnce';
}
