import type { ECSMService } from '@ecsm/api-types';

import { sizeOf, type ObservedService } from '../plan/observed-service.js';
import type { NodeCapacity } from './node-capacity.js';
import { NodeRoom } from './node-room.js';
import { describeNeed, formatBytes, needOf, type Resources } from './resources.js';

/** Heads of the columns of {@link explainNode}. */
export const roomColumns = [
  'NODE',
  'MEMORY',
  'DECLARED',
  'FREE',
  'UNUSED',
  'DISK',
  'DISK FREE',
  'OWN',
  'OTHERS',
] as const;

/**
 * The arithmetic of a node's room, one cell for each of {@link roomColumns}: its memory less what containers may use is what is
 * free to be given out, as far as that is not in use; its disk likewise; and how many containers there are, own and others.
 *
 * @param own - ids of the platform services that count as own
 */
export function explainNode(node: NodeCapacity, own: ReadonlySet<string> = new Set()): readonly string[] {
  const { name, online, total, unusedMemory, instances } = node;
  const mine = instances.filter(({ serviceId }) => own.has(serviceId)).length;
  if (!online) return [name, 'offline', '', '', '', '', '', String(mine), String(instances.length - mine)];
  const declared = instances.reduce((sum, { counts }) => sum + counts.memory, 0);
  const { free } = new NodeRoom(node);
  return [
    name,
    formatBytes(total.memory),
    formatBytes(declared),
    formatBytes(Math.max(0, free.memory)),
    formatBytes(unusedMemory),
    formatBytes(total.disk),
    formatBytes(Math.max(0, free.disk)),
    String(mine),
    String(instances.length - mine),
  ];
}

/**
 * What an object needs of each node and how many instances it has been granted, as names and values.
 *
 * @param seen - what an instance that runs counts as
 */
export function explainClaim(
  service: ECSMService,
  observed: readonly ObservedService[],
  wanted: number,
  seen?: Resources,
): readonly (readonly [name: string, value: string])[] {
  const { priority = 0, preemptionPolicy = 'PreemptLowerPriority', template } = service.spec;
  const granted = observed.reduce((sum, each) => sum + (each.leaving === true ? 0 : sizeOf(each)), 0);
  return [
    ['Priority', preemptionPolicy === 'Never' ? `${priority}, makes nobody go` : String(priority)],
    ['Each Needs', describeNeed(needOf(template, seen === undefined ? {} : { seen }))],
    ['Granted', `${Math.min(granted, wanted)} of ${wanted} instances`],
  ];
}
