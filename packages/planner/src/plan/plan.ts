import { desiredReplicas } from '@ecsm/api-types';

import { planEviction, waitForRoom, withinRoom } from '../capacity/plan-granted.js';
import { wasStarted } from '../status/dependencies.js';
import type { Action, Need, TargetRevision, Wait } from './action.js';
import type { Desired, Now, Observed, Problem } from './desired.js';
import { familyOf, membersOf, oneOfEachRevision, otherOperatorOf, type Family } from './family.js';
import { instancesOf } from './instances.js';
import { possiblyReadyInstances } from './observed-service.js';
import { PlanDraft } from './plan-draft.js';
import { planDrift, planHealing } from './plan-healing.js';
import { looksFirst } from './plan-moving.js';
import { planAtOnce, planInPlace, planRecreate } from './plan-replacing.js';
import { planPaused, planRolling } from './plan-rolling.js';
import { planStatic } from './plan-static.js';
import { resolveStrategy, type ResolvedStrategy } from './strategy.js';
import { targetRevision } from './target.js';

/** Annotation that says what becomes of the platform services when the object is deleted. */
export const deletionPolicyAnnotation = 'ecsm.sh/deletion-policy';

/** What to do on the platform next, and why. */
export interface Plan {
  /** To be carried out in this order; afterwards the plan is made anew. */
  readonly actions: readonly Action[];
  /** What the plan waits for. */
  readonly waits: readonly Wait[];
  /** What must be read before the plan can be made; there are no actions then. */
  readonly needs: readonly Need[];
  /** Why nothing is done although something should be. */
  readonly blocked?: Problem;
  /** The plan in sentences for people. */
  readonly explanation: readonly string[];
  /** Whether nothing of a deleted object is left on the platform. */
  readonly gone: boolean;
  readonly target: TargetRevision;
  readonly family: Family;
  /** Instances to run. */
  readonly wanted: number;
  /** Whether that is fewer than the object asks for, because there is no room for more. */
  readonly limited: boolean;
  readonly strategy: ResolvedStrategy;
}

function planDeletion(draft: PlanDraft): boolean {
  const { family, desired } = draft;
  if (desired.service.metadata.annotations?.[deletionPolicyAnnotation] === 'orphan') return true;
  const all = membersOf(family);
  for (const service of all) draft.destroy(service, 'Deleted', `the object is deleted: ${service.name} goes`);
  return all.length === 0;
}

/**
 * Ends everything of an object that is to run nothing. One that merely finds no room, for the nodes it names now are full or
 * away, keeps what runs where it was before: nobody is served by less than that.
 */
function planNothing(draft: PlanDraft): void {
  const { eviction, shortage } = draft.desired.grant ?? {};
  const waits = shortage === undefined ? 'the object is scaled to zero' : 'the object waits for room';
  const why = eviction?.message ?? waits;
  const isWaiting = shortage !== undefined && eviction === undefined;
  for (const service of oneOfEachRevision(draft.family)) {
    if (isWaiting && possiblyReadyInstances(service) > 0)
      draft.wait('room', `${service.name} stays as it is until there is room`);
    else if (!isWaiting || !looksFirst(draft, service))
      draft.destroy(service, 'ScaledToZero', `${why}: ${service.name} goes`);
  }
}

function planRunning(draft: PlanDraft): void {
  for (const twin of draft.family.twins) {
    draft.destroy(twin, 'Twin', `${twin.name} (${twin.id}) exists twice: the younger one goes`);
  }
  if (planEviction(draft)) return;
  if (draft.desired.service.spec.paused === true) planPaused(draft);
  else {
    planDrift(draft);
    if (draft.actions.length > 0) return;
    switch (draft.strategy.type) {
      case 'RollingUpdate':
        if (draft.restartsAll) planAtOnce(draft);
        else if (draft.isStatic && draft.family.old.every(({ policy }) => policy === 'static')) planStatic(draft);
        else planRolling(draft);
        break;
      case 'Recreate':
        planRecreate(draft);
        break;
      case 'InPlace':
        planInPlace(draft);
        break;
    }
  }
  if (draft.actions.length === 0 && draft.needs.length === 0) planHealing(draft);
}

function takenProblem({ taken: [service] }: Family, desired: Desired): Problem | undefined {
  if (service === undefined) return undefined;
  const other = otherOperatorOf(service, desired);
  if (other !== undefined) {
    return {
      reason: 'OtherOperator',
      message:
        `platform service ${service.name} (${service.id}) was made for this object by an operator with --operator-id ${other}, ` +
        `and this one has ${desired.operatorId}: give it back its id, or delete that service`,
    };
  }
  return {
    reason: 'NameTaken',
    message:
      `platform service ${service.name} (${service.id}) has this object's name but not its mark, so it is left alone: ` +
      `delete it, or take it over with the annotation ecsm.sh/adopt: ${service.id}`,
  };
}

/**
 * Decides what to do on the platform next.
 *
 * A function of its arguments alone: carrying the actions out and asking again until there is nothing left to do leads to
 * what the object says. A platform service without the object's mark is never touched.
 *
 * @example
 * ```ts
 * const { actions, explanation } = plan({ service, operatorId: 'default' }, { services, observedAtMs }, { wallMs, observedMs });
 * ```
 */
export function plan(desired: Desired, observed: Observed, now: Now): Plan {
  const { service } = desired;
  const target = targetRevision(desired);
  const instances = instancesOf(desired);
  const { wanted } = instances;
  const strategy = withinRoom(resolveStrategy(service, instances.asked), desired, instances);
  const family = familyOf(desired, observed, target);
  const draft = new PlanDraft(desired, observed, now, target, family, instances, strategy);
  const deleting = service.metadata.deletionTimestamp !== undefined;
  const blocked = deleting ? undefined : takenProblem(family, desired);
  const exists = family.current !== undefined || family.old.length > 0;
  let gone = false;
  if (family.unread.length > 0) for (const each of family.unread) draft.need('detail', each);
  else if (deleting) gone = planDeletion(draft);
  else if (blocked !== undefined) draft.wait('gone', blocked.message);
  else if (wanted === 0) planNothing(draft);
  else if (!exists && !wasStarted(service) && (desired.waitingFor ?? []).length > 0) {
    draft.wait('dependencies', `waiting until ${(desired.waitingFor ?? []).join(', ')} is Available`);
  } else planRunning(draft);
  if (!deleting) waitForRoom(draft);
  return {
    actions: draft.actions,
    waits: draft.waits,
    needs: draft.needs,
    ...(blocked === undefined ? {} : { blocked }),
    explanation: [
      ...draft.actions.map(({ reason }) => reason),
      ...draft.needs.map(({ message }) => message),
      ...draft.waits.map(({ message }) => message),
    ],
    gone,
    target,
    family,
    wanted,
    limited: wanted < desiredReplicas(service),
    strategy,
  };
}
