import { templateHashOf } from '../naming/template-hash.js';
import type { TargetRevision } from './action.js';
import type { Desired } from './desired.js';

/**
 * The revision to run: what the object says, or after a failed rollout with automatic rollback the last good one.
 *
 * The specification is never touched; it is tried again as soon as the user changes the template.
 */
export function targetRevision(desired: Desired): TargetRevision {
  const { service, revisions = [] } = desired;
  const hash = templateHashOf(service);
  const { failedRevision, currentRevision } = service.status ?? {};
  const good = revisions.find((revision) => revision.hash === currentRevision);
  if (
    service.spec.updateStrategy?.autoRollback === true &&
    failedRevision === hash &&
    good !== undefined &&
    good.hash !== hash
  ) {
    return { ...good, rolledBack: true };
  }
  const own = revisions.find((revision) => revision.hash === hash);
  return {
    hash,
    template: service.spec.template,
    rolledBack: false,
    ...(own?.upgradedTo === undefined ? {} : { upgradedTo: own.upgradedTo }),
  };
}
