import type { ActionHistoryRow, ContainerRow } from '@ecsm/ecsm-client';

import type { Cluster } from '../cluster/cluster.js';
import { formatImageRef } from '../cluster/image-ref.js';
import type { Task } from '../cluster/model.js';
import { containerStatus, isOnline } from '../cluster/task-views.js';
import { containerUsage } from '../cluster/usage.js';
import { formatTime } from '../internal/time-format.js';

const bytesPerMB = 1_048_576;

/** Who the platform says gave a command: the only user there is. */
const commandUser = 'admin';

/** A container as the container calls show it. */
export function containerRow(cluster: Cluster, task: Task): ContainerRow {
  const { nowMs, settings, state } = cluster;
  const usage = containerUsage(task, nowMs);
  const image = state.imagesByRef.get(formatImageRef(task.ref));
  return {
    id: task.containerId,
    taskId: task.id,
    name: task.containerName,
    status: containerStatus(task, settings),
    uptime: isOnline(task) ? Math.floor((nowMs - task.startedMs) / 1000) : 0,
    startedTime: formatTime(task.startedMs),
    createdTime: formatTime(task.containerCreatedMs),
    taskCreatedTime: formatTime(task.createdMs),
    deployStatus: task.deployStatus,
    failedMessage: task.failedMessage,
    restartCnt: task.restartCount,
    deployNum: task.deployNum,
    cpuUsage: { total: usage.cpuPercent, cores: coresOf(usage.cpuPercent, task.node.cpuCores) },
    memoryLimit: task.memoryMB * bytesPerMB,
    memoryUsage: usage.memoryBytes,
    memoryMaxUsage: usage.memoryMaxBytes,
    sizeUsage: usage.diskBytes,
    sizeLimit: task.diskMB * bytesPerMB,
    serviceId: task.service.id,
    serviceName: task.service.name,
    nodeId: task.node.id,
    address: task.node.address,
    nodeName: task.node.name,
    nodeArch: task.node.arch,
    imageId: image?.id ?? '',
    imageName: task.ref.name,
    imageVersion: task.ref.tag,
    imageOS: task.ref.os,
    imageArch: image?.arch ?? '',
  };
}

/** A task's commands, oldest first. */
export function historyRows(task: Task): readonly ActionHistoryRow[] {
  return task.history.map(({ cmd, atMs }) => ({ id: task.id, cmd, user: commandUser, time: formatTime(atMs) }));
}

/** One container's CPU spread evenly over its node's cores. */
function coresOf(totalPercent: number, cores: number): readonly number[] {
  const each = Math.round((totalPercent / cores) * 100) / 100;
  return Array.from({ length: cores }, () => each);
}
