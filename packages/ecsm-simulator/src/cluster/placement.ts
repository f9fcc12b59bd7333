import type { ClusterState } from './cluster-state.js';
import type { ClusterNode, Service } from './model.js';
import type { Requirements } from './requirements.js';

/** Whether a node has room for an instance; otherwise why not. */
export function roomOn(node: ClusterNode, need: Requirements, imageMB: number): string | undefined {
  const freeMemoryMB = node.memoryMB - node.memoryUsedMB;
  if (need.memoryMB > freeMemoryMB) {
    return `insufficient memory on node ${node.name}: ${need.memoryMB} MB needed, ${freeMemoryMB} MB free`;
  }
  const freeDiskMB = node.diskMB - node.diskUsedMB;
  if (need.diskMB + imageMB > freeDiskMB) {
    return `insufficient disk on node ${node.name}: ${need.diskMB + imageMB} MB needed, ${freeDiskMB} MB free`;
  }
  if (need.vsoaPort !== 0 && node.ports.has(need.vsoaPort)) {
    return `port ${need.vsoaPort} is in use on node ${node.name}`;
  }
  return undefined;
}

/** Inputs of {@link chooseNode}. */
export interface PlacementQuery {
  readonly state: ClusterState;
  readonly service: Service;
  readonly need: Requirements;
  /** Size of the image, for nodes that do not have it yet. */
  readonly imageMB: number;
  /** Whether only a node that can take the instance now will do. */
  readonly onlyFitting: boolean;
}

/**
 * Picks the node for one more instance of a dynamic service.
 *
 * Among the online nodes of the pool with the image's operating system and room: the one with the fewest instances of this
 * service, then the one with the smallest share of its memory taken, then the one named first. Where none fits, the
 * best of the others, so that the failed deployment can say what is missing there.
 */
export function chooseNode(query: PlacementQuery): ClusterNode | undefined {
  const { state, service, need } = query;
  const instances = new Map<ClusterNode, number>();
  for (const task of service.tasks) instances.set(task.node, (instances.get(task.node) ?? 0) + 1);
  let best: { node: ClusterNode; rank: readonly number[] } | undefined;
  for (const name of service.nodeNames) {
    const node = state.nodesByName.get(name);
    if (node === undefined) continue;
    const obstacle = obstacleRank(node, query);
    if (query.onlyFitting && obstacle > 0) continue;
    const rank = [obstacle, instances.get(node) ?? 0, (node.memoryUsedMB + need.memoryMB) / node.memoryMB];
    if (best === undefined || isLess(rank, best.rank)) best = { node, rank };
  }
  return best?.node;
}

function obstacleRank(node: ClusterNode, { service, need, imageMB }: PlacementQuery): number {
  if (node.status !== 'online') return 3;
  if (node.os !== service.ref.os) return 2;
  const missingMB = node.images.has(service.image.ref) ? 0 : imageMB;
  return roomOn(node, need, missingMB) === undefined ? 0 : 1;
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}
