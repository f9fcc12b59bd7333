import type { Cluster } from './cluster/cluster.js';
import { containerStatus, serviceFigures } from './cluster/task-views.js';

/** Most rows of a section; the rest is counted. */
const rowLimit = 200;

/** The cluster as text: nodes, services, containers. */
export function clusterTable(cluster: Cluster): string {
  cluster.timeline.catchUp();
  const { nodes, services, tasks } = cluster.state;
  const { settings } = cluster;
  const nodeRows = [...nodes.values()].map((node) => [
    node.name,
    node.status,
    node.link,
    node.os,
    `${node.memoryUsedMB}/${node.memoryMB} MB`,
    `${node.diskUsedMB}/${node.diskMB} MB`,
    String(node.tasks.size),
  ]);
  const serviceRows = [...services.values()].map((service) => {
    const { active, deploying, desired, healthy, online } = serviceFigures(service, settings);
    return [
      service.name,
      deploying ? 'deploying' : 'complete',
      healthy ? 'healthy' : 'unhealthy',
      service.policy,
      `${online}+${active}/${desired}`,
      service.image.ref,
    ];
  });
  const containerRows = [...tasks.values()].map((task) => [
    task.containerName,
    containerStatus(task, settings),
    task.phase,
    task.node.name,
    String(task.restartCount),
    task.failedMessage ?? '',
  ]);
  return [
    section(['NODE', 'STATUS', 'LINK', 'OS', 'MEMORY', 'DISK', 'INSTANCES'], nodeRows),
    section(['SERVICE', 'STATUS', 'HEALTH', 'POLICY', 'ONLINE', 'IMAGE'], serviceRows),
    section(['CONTAINER', 'STATUS', 'PHASE', 'NODE', 'RESTARTS', 'MESSAGE'], containerRows),
  ].join('\n');
}

function section(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = [head, ...rows.slice(0, rowLimit)];
  const widths = head.map((_, column) => Math.max(...shown.map((row) => (row[column] ?? '').length)));
  const lines = shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  if (rows.length > rowLimit) lines.push(`… and ${rows.length - rowLimit} more`);
  return `${lines.join('\n')}\n`;
}
