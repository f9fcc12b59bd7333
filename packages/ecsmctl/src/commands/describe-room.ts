import { desiredReplicas, type ECSMService } from '@ecsm/api-types';
import type { ContainerRow, NodeStatus, ServiceRow } from '@ecsm/ecsm-client';
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
