import type { Clientset, ContainerRow } from '@ecsm/ecsm-client';
import { isRunning } from '@ecsm/planner';

/**
 * Containers as they are, from what the platform says of them: it may go on saying `running` of one whose node is lost. The
 * nodes are asked only where more containers are said to run than their service has online.
 *
 * @param online - how many of them run, by the list of services
 */
export async function withoutLost(
  rows: readonly ContainerRow[],
  online: number,
  nodes: Pick<Clientset['nodes'], 'status'>,
  signal?: AbortSignal,
): Promise<readonly ContainerRow[]> {
  const running = rows.filter(isRunning);
  if (running.length <= online) return rows;
  const ids = [...new Set(running.map(({ nodeId }) => nodeId))];
  const statuses = await nodes.status(ids, signal === undefined ? {} : { signal });
  const there = new Set(statuses.filter(({ status }) => status === 'online').map(({ id }) => id));
  return rows.map((row) => (running.includes(row) && !there.has(row.nodeId) ? { ...row, status: 'exited' } : row));
}
