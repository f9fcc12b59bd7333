import { candidateNodes, desiredReplicas, findCondition, formatKey, keyOf, type ECSMService } from '@ecsm/api-types';

import { sizeOf, type ObservedService } from '../plan/observed-service.js';
import { resolveStrategy } from '../plan/strategy.js';
import { needOf, type InstanceNeed, type NeedOptions } from './resources.js';
import { parseMadeWay, waitingForRoom, type MadeWay } from './room-condition.js';

/** A platform service of an object, as far as room goes. */
export interface ClaimService {
  readonly id: string;
  /** Nodes it may use. */
  readonly nodes: readonly string[];
  /** Instances asked for. */
  readonly size: number;
  /** Whether it has been told to go. */
  readonly leaving: boolean;
}

/** What one object claims of the cluster. */
export interface Claim {
  /** `namespace/name`. */
  readonly key: string;
  readonly priority: number;
  /** Whether lower priorities have to make room for it. */
  readonly mayPreempt: boolean;
  /** Wall-clock milliseconds of its creation. */
  readonly createdMs: number;
  /** Nodes it may use, in its own order. */
  readonly pool: readonly string[];
  /** Whether each node of the pool gets one instance, as for a Static object. */
  readonly onePerNode: boolean;
  /** Instances wanted. */
  readonly wanted: number;
  /** What one more instance takes. */
  readonly need: InstanceNeed;
  /** Instances that may be missing by its own update strategy. */
  readonly mayMiss: number;
  /** Instances available at the moment. */
  readonly available: number;
  readonly services: readonly ClaimService[];
  /** Observed milliseconds since when it has waited for room. */
  readonly waitingSinceMs?: number;
  /** For whom it has made way, and where. */
  readonly madeWay?: MadeWay;
}

/** What the object alone does not tell. */
export interface ClaimOptions extends NeedOptions {
  /** Observed milliseconds since when it has waited for room. */
  readonly waitingSinceMs?: number;
}

/** Reasons of Degraded that have nothing to do with room, and keep instances from running. */
function isHeldBack(service: ECSMService): boolean {
  const { conditions } = service.status ?? {};
  const dependencies = findCondition(conditions, 'DependenciesReady');
  if ((service.spec.dependsOn ?? []).length > 0 && dependencies?.status !== 'True') return true;
  const degraded = findCondition(conditions, 'Degraded');
  const blocked = ['NameTaken', 'OtherOperator', 'NotExpressible', 'ImageNotFound', 'ImageAmbiguous'];
  return degraded?.status === 'True' && blocked.includes(degraded.reason);
}

/** What an object claims of the cluster; one that is being deleted, or that something else holds back, claims nothing more. */
export function claimOf(
  service: ECSMService,
  observed: readonly ObservedService[],
  { waitingSinceMs, ...known }: ClaimOptions = {},
): Claim {
  const { spec, metadata, status } = service;
  const desired = desiredReplicas(service);
  const deleting = metadata.deletionTimestamp !== undefined;
  const held = isHeldBack(service) && observed.length === 0;
  const present = observed.filter(({ leaving }) => leaving !== true);
  // During a rollout it also needs room for the instances that come before others go.
  const isStatic = spec.deploymentStrategy.type === 'Static';
  const asked = !isStatic && present.length > 1 ? present.reduce((sum, each) => sum + sizeOf(each), 0) : 0;
  const madeWay = parseMadeWay(status?.conditions);
  return {
    key: formatKey(keyOf(service)),
    priority: spec.priority ?? 0,
    mayPreempt: (spec.preemptionPolicy ?? 'PreemptLowerPriority') === 'PreemptLowerPriority',
    createdMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    pool: candidateNodes(service),
    onePerNode: isStatic,
    wanted: deleting || held || desired === 0 ? 0 : Math.max(desired, asked),
    need: needOf(spec.template, known),
    mayMiss: resolveStrategy(service).bounds.unavailable,
    available: observed.reduce((sum, { online }) => sum + online, 0),
    services: observed.map((each) => ({
      id: each.id,
      nodes: each.nodes,
      size: sizeOf(each),
      leaving: each.leaving === true || deleting,
    })),
    ...(waitingSinceMs === undefined ? {} : { waitingSinceMs }),
    ...(madeWay === undefined ? {} : { madeWay }),
  };
}

/** Whether an object's stored status says that it is short of instances because there is no room. */
export function saysItLacksRoom(service: ECSMService): boolean {
  const { conditions } = service.status ?? {};
  return (
    findCondition(conditions, 'Preempted')?.status === 'True' ||
    findCondition(conditions, 'Progressing')?.reason === waitingForRoom
  );
}
