import { formatOwnerMark, parseOwnerMark } from '../naming/owner-mark.js';
import { identityOf } from '../naming/service-identity.js';
import { parsePlatformServiceName, serviceStem } from '../naming/service-name.js';
import { adoptAnnotation } from '../request/from-platform-service.js';
import { driftKey, imageDrift, type Drift } from '../request/drift.js';
import type { TargetRevision } from './action.js';
import type { Desired, Observed } from './desired.js';
import type { ObservedService } from './observed-service.js';

/** The platform services of one object, by the role they play. */
export interface Family {
  /** The one that runs the target revision. */
  readonly current: ObservedService | undefined;
  /** Those of other revisions, oldest first. */
  readonly old: readonly ObservedService[];
  /** Younger ones of a revision that has another already. */
  readonly twins: readonly ObservedService[];
  /** Ours by name, but without the mark, or with that of an operator with another id: not to be touched. */
  readonly taken: readonly ObservedService[];
  /** Those whose part in this is known only from their detail, which has not been read. */
  readonly unread: readonly ObservedService[];
  /** Where the current one differs from what the object says; empty while its detail is not known. */
  readonly drift: readonly Drift[];
}

/** All services of an object. */
export function membersOf(family: Family): readonly ObservedService[] {
  return [...oneOfEachRevision(family), ...family.twins];
}

/** The services of an object without the twins: the current one first, where there is one. */
export function oneOfEachRevision({ current, old }: Family): readonly ObservedService[] {
  return current === undefined ? old : [current, ...old];
}

/** The id of the operator that has made a service for the same object, if that is another than this one. */
export function otherOperatorOf({ mark }: ObservedService, desired: Desired): string | undefined {
  const owner = parseOwnerMark(mark ?? '');
  const { operatorId, namespace, name } = identityOf(desired.service, desired.operatorId);
  const isSameObject = owner?.namespace === namespace && owner.name === name;
  return isSameObject && owner.operatorId !== operatorId ? owner.operatorId : undefined;
}

/** Orders services by age; the platform's own times are good for that much. */
function byAge(a: ObservedService, b: ObservedService): number {
  if (a.createdTime !== b.createdTime) return a.createdTime < b.createdTime ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function driftOf(service: ObservedService, desired: Desired, target: TargetRevision): readonly Drift[] {
  if (service.detail === undefined) return [];
  const { service: object, operatorId, toleratedDrift } = desired;
  const drift = imageDrift(service.detail, {
    identity: identityOf(object, operatorId),
    template: target.template,
    ...(object.spec.upgradeStrategy === undefined ? {} : { upgradeStrategy: object.spec.upgradeStrategy }),
    ...(target.upgradedTo === undefined ? {} : { upgradedTo: target.upgradedTo }),
  });
  return toleratedDrift === undefined ? drift : drift.filter((each) => !toleratedDrift.has(driftKey(each)));
}

/** Sorts the platform services that may belong to an object by the role they play. */
export function familyOf(desired: Desired, observed: Observed, target: TargetRevision): Family {
  const identity = identityOf(desired.service, desired.operatorId);
  const { s8 } = serviceStem(identity);
  const ownMark = formatOwnerMark(identity);
  const adoptedId = desired.service.metadata.annotations?.[adoptAnnotation];
  const taken: ObservedService[] = [];
  const unread: ObservedService[] = [];
  const byHash = new Map<string, ObservedService[]>();
  for (const service of [...observed.services].sort(byAge)) {
    const adopted = service.id === adoptedId;
    const parsed = parsePlatformServiceName(service.name);
    const stemFits = parsed?.s8 === s8;
    if (!adopted && service.mark === undefined) {
      unread.push(service);
      continue;
    }
    if (!adopted && service.mark !== ownMark) {
      if (stemFits || otherOperatorOf(service, desired) !== undefined) taken.push(service);
      continue;
    }
    const bound = adopted && desired.service.status?.currentRevision !== undefined;
    if (!stemFits && !bound && service.detail === undefined) {
      unread.push(service);
      continue;
    }
    const hash = stemFits ? parsed.templateHash : hashOfUnnamed(service, desired, target, adopted);
    byHash.set(hash, [...(byHash.get(hash) ?? []), service]);
  }
  // Of two of one revision the older stays; one on its way out cannot.
  const first = (services: readonly ObservedService[]): ObservedService | undefined =>
    services.find((service) => service.leaving !== true) ?? services[0];
  const current = first(byHash.get(target.hash) ?? []);
  const old: ObservedService[] = [];
  const twins: ObservedService[] = [];
  for (const [hash, services] of byHash) {
    const keeper = hash === target.hash ? current : first(services);
    for (const service of services) {
      if (service !== keeper) twins.push(service);
      else if (hash !== target.hash) old.push(service);
    }
  }
  return {
    current,
    old: old.sort(byAge),
    twins,
    taken,
    unread,
    drift: current === undefined ? [] : driftOf(current, desired, target),
  };
}

/**
 * The revision of a service whose name does not tell it: adopted, or renamed by hand.
 *
 * An adopted one counts as the revision that was current when it was taken over, others as the target when nothing differs.
 */
function hashOfUnnamed(service: ObservedService, desired: Desired, target: TargetRevision, adopted: boolean): string {
  if (adopted) {
    const known = desired.service.status?.currentRevision;
    if (known !== undefined) return known;
  }
  const same = service.detail !== undefined && driftOf(service, desired, target).length === 0;
  return same ? target.hash : `unnamed-${service.id}`;
}
