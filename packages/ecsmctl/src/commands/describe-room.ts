import { desiredReplicas, type ECSMService } from '@ecsm/api-types';
import type { Clientset, ContainerRow, NodeStatus, ServiceRow } from '@ecsm/ecsm-client';
import {
  explainClaim,
  explainNode,
  nodeCapacity,
  observeRow,
  roomColumns,
  seenCounts,
  type NodeCapacity,
} from '@ecsm/planner';

import type { Sections } from '../output/sections.js';

/** The arithmetic of one node's room. */
export function describeNodeRoom(
  sections: Sections,
  name: string,
  status: NodeStatus,
  containers: readonly ContainerRow[],
): void {
  sections.table('Room', roomColumns.slice(1, 7), [explainNode(nodeCapacity(name, status, containers)).slice(1, 7)]);
}

/** What the named nodes have and hold. */
export async function readNodes(
  platform: Clientset,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, NodeCapacity>> {
  const ids = new Map<string, string>();
  for await (const { id, name } of platform.nodes.all({ basicInfo: true }, { signal })) ids.set(name, id);
  const known = names.flatMap((name) => ids.get(name) ?? []);
  const statuses = known.length === 0 ? [] : await platform.nodes.status(known, { signal });
  const containers: ContainerRow[] = [];
  if (known.length > 0) {
    for await (const row of platform.containers.allByNodes(known, {}, { signal })) containers.push(row);
  }
  const statusOf = (name: string): NodeStatus | undefined => statuses.find(({ id }) => id === ids.get(name));
  return new Map(names.map((name) => [name, nodeCapacity(name, statusOf(name), containers)]));
}

/** What an object needs, what it has been granted, and the arithmetic of every node it may use. */
export function describeServiceRoom(
  sections: Sections,
  service: ECSMService,
  rows: readonly ServiceRow[],
  nodes: ReadonlyMap<string, NodeCapacity>,
): void {
  const own = new Set(rows.map(({ id }) => id));
  const observed = rows.map((row) => observeRow(row));
  for (const [name, value] of explainClaim(service, observed, desiredReplicas(service), seenCounts(own, nodes))) {
    sections.field(name, value);
  }
  sections.table(
    'Room',
    roomColumns,
    [...nodes.values()].map((node) => explainNode(node, own)),
  );
}
