import { bytesPerMebibyte } from '@ecsm/api-types';
import type { ContainerRow, NodeStatus } from '@ecsm/ecsm-client';

import type { Resources } from './resources.js';

/** A container on a node, as far as it takes room there. */
export interface NodeInstance {
  /** Id of its platform service, ours or a stranger's. */
  readonly serviceId: string;
  readonly serviceName: string;
  /** What it counts as: its limits; where it has none, what it uses. */
  readonly counts: Resources;
  /** Bytes of memory it uses at the moment. */
  readonly usedMemory: number;
}

/** What a node has, and what is on it. */
export interface NodeCapacity {
  readonly name: string;
  readonly online: boolean;
  /** Sizes of the node; `Infinity` where the platform does not tell. */
  readonly total: Resources;
  /** Bytes of memory nobody uses at the moment; `Infinity` where the platform does not tell. */
  readonly unusedMemory: number;
  /**
   * Bytes of disk that other things than containers take, such as images: at least and at most. Nobody says whether what
   * containers may use counts as taken before they use it.
   */
  readonly otherDisk: readonly [least: number, most: number];
  /** Containers of all platform services, strangers' too; those that could not be deployed take no room. */
  readonly instances: readonly NodeInstance[];
}

function instanceOf(row: ContainerRow): NodeInstance {
  const used = { memory: row.memoryUsage ?? 0, disk: row.sizeUsage ?? 0 };
  const limit = { memory: row.memoryLimit ?? 0, disk: row.sizeLimit ?? 0 };
  return {
    serviceId: row.serviceId,
    serviceName: row.serviceName,
    counts: {
      memory: limit.memory > 0 ? limit.memory : used.memory,
      disk: limit.disk > 0 ? limit.disk : used.disk,
    },
    usedMemory: used.memory,
  };
}

/** What a node has and holds, from its status and the containers on it; disk sizes are MB, as the platform's own tools take them. */
export function nodeCapacity(
  name: string,
  status: NodeStatus | undefined,
  containers: readonly ContainerRow[],
): NodeCapacity {
  const present = containers.filter((row) => row.deployStatus !== 'failure' && row.nodeName === name);
  const instances = present.map((row) => instanceOf(row));
  const held = instances.reduce((sum, { counts }) => sum + counts.disk, 0);
  const used = present.reduce((sum, { sizeUsage }) => sum + (sizeUsage ?? 0), 0);
  const disk = (status?.diskTotal ?? Infinity) * bytesPerMebibyte;
  const freeDisk = (status?.diskFree ?? Infinity) * bytesPerMebibyte;
  const taken = Number.isFinite(disk) && Number.isFinite(freeDisk) ? disk - freeDisk : 0;
  return {
    name,
    online: status?.status === 'online',
    total: { memory: status?.memoryTotal ?? Infinity, disk },
    unusedMemory: status?.memoryFree ?? Infinity,
    otherDisk: [Math.max(0, taken - held), Math.max(0, taken - used)],
    instances,
  };
}

/** The most that an instance of some services counts as, where any is on the nodes. */
export function seenCounts(
  serviceIds: ReadonlySet<string>,
  nodes: ReadonlyMap<string, NodeCapacity>,
): Resources | undefined {
  let most: Resources | undefined;
  for (const { instances } of nodes.values()) {
    for (const { serviceId, counts } of instances) {
      if (!serviceIds.has(serviceId)) continue;
      most = {
        memory: Math.max(most?.memory ?? 0, counts.memory),
        disk: Math.max(most?.disk ?? 0, counts.disk),
      };
    }
  }
  return most;
}
