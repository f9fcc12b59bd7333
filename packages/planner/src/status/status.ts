import { desiredReplicas, findCondition, type ECSMService, type ECSMServiceStatus } from '@ecsm/api-types';

import { preemptedFinding } from '../capacity/room-findings.js';
import { areSameShortage, waitingForRoom } from '../capacity/room-condition.js';
import { defined } from '../internal/json.js';
import { canonicalJson } from '../naming/canonical-json.js';
import type { Desired, Now, Observed } from '../plan/desired.js';
import { membersOf, otherOperatorOf } from '../plan/family.js';
import { isUnhealthy, sizeOf } from '../plan/observed-service.js';
import { plan as makePlan, type Plan } from '../plan/plan.js';
import { resolveStrategy } from '../plan/strategy.js';
import { withFindings, type Finding } from './conditions.js';
import { countInstances, type Counts } from './counts.js';
import { dependenciesFinding } from './dependencies.js';
import { isComplete, isDeadlineExceeded, staysComplete } from './progress.js';

function finding(type: string, status: boolean | 'Unknown', reason: string, message: string): Finding {
  return { type, status: status === 'Unknown' ? status : status ? 'True' : 'False', reason, message };
}

/** The platform's own words on what failed, once each; what is being tried again has failed until it runs. */
function failureWords(plan: Plan, { service }: Desired): string | undefined {
  const services = membersOf(plan.family);
  const words = services.flatMap(({ failures }) => failures.map(({ nodeName, message }) => `${nodeName}: ${message}`));
  if (words.length > 0) return [...new Set(words)].join('; ');
  const told = findCondition(service.status?.conditions, 'Degraded');
  const isSame =
    told?.observedGeneration === service.metadata.generation && service.status?.updateRevision === plan.target.hash;
  const isTriedAgain = services.some((each) => each.deploying && each.online < sizeOf(each));
  return isSame && isTriedAgain && told?.reason === 'InstancesFailed' ? told.message : undefined;
}

function availability({ service }: Desired, counts: Counts): Finding {
  // What there is no room for is missed as much as what does not run.
  const wanted = desiredReplicas(service);
  if (wanted === 0) return finding('Available', true, 'ScaledToZero', 'no instances are asked for');
  const { bounds } = resolveStrategy(service);
  const enough = wanted - bounds.unavailable;
  const numbers = `${counts.available} of ${wanted} instances are available`;
  return counts.available >= Math.max(enough, 1)
    ? finding('Available', true, 'MinimumReplicasAvailable', numbers)
    : finding('Available', false, 'MinimumReplicasUnavailable', numbers);
}

function progress(
  plan: Plan,
  { spec, status }: ECSMService,
  complete: boolean,
  exceeded: boolean,
  problem?: string,
): Finding {
  const next = plan.explanation.join('; ');
  if (complete) return finding('Progressing', true, 'RolloutComplete', `revision ${plan.target.hash} is rolled out`);
  if (spec.paused === true)
    return finding('Progressing', 'Unknown', 'Paused', next === '' ? 'spec.paused is set' : next);
  if (exceeded) {
    const limit = `no progress for ${plan.strategy.progressDeadlineMs / 1000} s`;
    return finding('Progressing', false, 'ProgressDeadlineExceeded', `${limit}: ${problem ?? next}`);
  }
  const room = plan.waits.find((wait) => wait.type === 'room');
  if (plan.limited && room !== undefined) {
    const told = findCondition(status?.conditions, 'Progressing')?.message ?? '';
    const message = areSameShortage(told, room.message) ? told : room.message;
    return finding('Progressing', true, waitingForRoom, message);
  }
  const { type } = plan.waits[0] ?? { type: undefined };
  if (type === 'dependencies') return finding('Progressing', true, 'WaitingForDependencies', next);
  const rolling = plan.family.old.length > 0;
  const reason = rolling ? 'RollingOut' : plan.family.current === undefined ? 'Starting' : 'Settling';
  return finding('Progressing', true, reason, next === '' ? 'waiting for the platform' : next);
}

function degradation(plan: Plan, observed: Observed, exceeded: boolean, failures: string | undefined): Finding {
  if (plan.blocked !== undefined) return finding('Degraded', true, plan.blocked.reason, plan.blocked.message);
  const { problem } = observed;
  if (problem !== undefined) return finding('Degraded', true, problem.reason, problem.message);
  if (plan.target.rolledBack) {
    return finding(
      'Degraded',
      true,
      'RolledBack',
      `the newest template failed, revision ${plan.target.hash} runs instead`,
    );
  }
  if (failures !== undefined) return finding('Degraded', true, 'InstancesFailed', failures);
  const unhealthy = membersOf(plan.family).filter(isUnhealthy);
  if (unhealthy.length > 0) {
    const names = unhealthy.map(({ name }) => name).join(', ');
    return finding('Degraded', true, 'Unhealthy', `the platform's health check of ${names} fails`);
  }
  if (exceeded) return finding('Degraded', true, 'ProgressDeadlineExceeded', 'the rollout does not come to its end');
  return finding('Degraded', false, 'AsExpected', 'nothing is wrong');
}

function reachability(observed: Observed): Finding {
  return observed.unreachable === undefined
    ? finding('PlatformReachable', true, 'Answering', 'the platform answers')
    : finding('PlatformReachable', false, observed.unreachable.reason, observed.unreachable.message);
}

/** Said once it is known, and taken back when it turns out otherwise: it also tells the next operator. */
function restarts(desired: Desired): readonly Finding[] {
  const type = 'ScaleRestarts';
  if (desired.platform?.putRestarts === 'all') {
    const what = 'the platform restarts all instances of a service at every change of it, scaling included';
    return [finding(type, true, 'AllInstances', `${what}: a new template replaces them all at once`)];
  }
  const said = findCondition(desired.service.status?.conditions, type);
  return said === undefined ? [] : [finding(type, false, 'OnlyChanged', 'the platform restarts only what changes')];
}

/**
 * What the object's status shall say.
 *
 * A function of its arguments alone. What it has no news of keeps its former value, conditions of other controllers
 * included, and the same object is returned when nothing has changed.
 *
 * @param plan - the plan made from the same arguments, where the caller has it already
 */
export function status(
  desired: Desired,
  observed: Observed,
  now: Now,
  plan: Plan = makePlan(desired, observed, now),
): ECSMServiceStatus {
  const { service } = desired;
  const before = service.status ?? {};
  const counts = countInstances(plan, now);
  const { generation } = service.metadata;
  const complete = isComplete(plan, counts);
  const exceeded = !complete && isDeadlineExceeded(plan, desired, observed, now);
  const failures = failureWords(plan, desired);
  const problem = observed.problem?.message ?? failures;
  const conditions = withFindings(
    before.conditions,
    [
      availability(desired, counts),
      progress(plan, service, complete || (!exceeded && staysComplete(plan, service)), exceeded, problem),
      degradation(plan, observed, exceeded, failures),
      dependenciesFinding(desired, membersOf(plan.family).length > 0),
      ...preemptedFinding(desired),
      reachability(observed),
      ...restarts(desired),
    ],
    generation,
    now.wallMs,
  );
  const ofOtherOperator = plan.family.taken.find((each) => otherOperatorOf(each, desired) !== undefined);
  const currentRevision = complete && !plan.target.rolledBack ? plan.target.hash : before.currentRevision;
  const failed = exceeded && !plan.target.rolledBack ? plan.target.hash : before.failedRevision;
  const next = defined({
    observedGeneration: generation ?? before.observedGeneration,
    replicas: counts.replicas,
    readyReplicas: counts.ready,
    updatedReplicas: counts.updated,
    availableReplicas: counts.available,
    unavailableReplicas: Math.max(0, desiredReplicas(service) - counts.available),
    // Of an operator with another id it is known by this alone.
    underlyingServiceID: (plan.family.current ?? plan.family.old.at(-1) ?? ofOtherOperator)?.id,
    currentRevision,
    updateRevision: plan.target.hash,
    failedRevision: failed === plan.target.hash && complete ? undefined : failed,
    conditions,
  });
  return unchanged(before, next)
    ? before
    : { ...next, statusObservedTime: new Date(observed.observedAtMs).toISOString() };
}

/** Whether a status says nothing new; the time of observation alone is no news. */
function unchanged(before: ECSMServiceStatus, next: ECSMServiceStatus): boolean {
  return canonicalJson({ ...before, statusObservedTime: undefined }) === canonicalJson(next);
}

/** What changed between two states of a condition, for events; `undefined` when it says the same as before. */
export function conditionChange(
  before: ECSMServiceStatus | undefined,
  after: ECSMServiceStatus,
  type: string,
): Finding | undefined {
  const old = findCondition(before?.conditions, type);
  const now = findCondition(after.conditions, type);
  if (now === undefined || (old?.status === now.status && old.reason === now.reason)) return undefined;
  return { type, status: now.status, reason: now.reason, message: now.message };
}
