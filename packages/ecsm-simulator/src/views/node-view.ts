import type {
  NodeByNameData,
  NodeDetail,
  NodeMetricsSample,
  NodeRow,
  NodeStatus,
  NodeTypeChange,
  NodeView,
} from '@ecsm/ecsm-client';

import type { Cluster } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/model.js';
import { isOnline, serviceFigures } from '../cluster/task-views.js';
import { containerCounts, nodeUsage } from '../cluster/usage.js';
import { formatTime } from '../internal/time-format.js';
import type { OperatingSystem } from '../spec/cluster-spec.js';

/** A node in the list; without its run-time fields when only its configuration is asked for. */
export function nodeRow(cluster: Cluster, node: ClusterNode, basicInfo: boolean): NodeRow {
  const configuration = {
    id: node.id,
    address: node.address,
    name: node.name,
    password: node.password,
    status: node.status,
    type: typeName(cluster, node.os),
    tls: node.tls,
    createdTime: formatTime(node.createdMs),
    arch: node.arch,
  };
  if (basicInfo) return configuration;
  const { containers, running } = containerCounts(node);
  return {
    ...configuration,
    containerTotal: containers + node.foreignContainers,
    containerRunning: running + (node.status === 'online' ? node.foreignContainers : 0),
    containerEcsmTotal: containers,
    containerEcsmRunning: running,
    upTime: upTimeSeconds(cluster, node),
  };
}

/** A node by id. */
export function nodeDetail(cluster: Cluster, node: ClusterNode): NodeDetail {
  return {
    id: node.id,
    address: node.address,
    name: node.name,
    password: node.password,
    tls: node.tls,
    type: typeName(cluster, node.os),
    createdTime: formatTime(node.createdMs),
    arch: node.arch,
    ecsdVersion: '2.1.0',
  };
}

/** A node by name: the address in two parts, `tls` as a number. */
export function nodeByName(cluster: Cluster, node: ClusterNode): NodeByNameData {
  return {
    id: node.id,
    ...splitAddress(node.address),
    name: node.name,
    password: node.password,
    tls: node.tls ? 1 : 0,
    type: typeName(cluster, node.os),
    createdTime: formatTime(node.createdMs),
    arch: node.arch,
  };
}

/** What a node does at the moment. */
export function nodeStatus(cluster: Cluster, node: ClusterNode): NodeStatus {
  const { nowMs } = cluster;
  const usage = nodeUsage(node, nowMs);
  const online = node.status === 'online';
  const uptime = upTimeSeconds(cluster, node);
  return {
    id: node.id,
    status: node.status,
    memoryTotal: usage.memoryTotalBytes,
    memoryFree: usage.memoryFreeBytes,
    diskTotal: usage.diskTotalMB,
    diskFree: usage.diskFreeMB,
    cpuUsage: {
      total: usage.cpuPercent,
      cores: Array.from({ length: node.cpuCores }, () => usage.cpuPercent),
      measureTime: Math.floor(nowMs),
    },
    uptime,
    processCount: usage.processes,
    containerTotal: usage.containers + node.foreignContainers,
    containerRunning: usage.running + (online ? node.foreignContainers : 0),
    containerEcsmTotal: usage.containers,
    containerEcsmRunning: usage.running,
    net: [{ networkName: 'en1', upNet: usage.running * 1.5, downNet: usage.running * 2.5 }],
    time: {
      current: Math.floor(nowMs),
      uptime,
      timezone: 'UTC',
      timezoneName: 'Coordinated Universal Time',
      date: formatTime(nowMs),
    },
  };
}

/** A node whose type the platform has yet to learn. */
export function nodeTypeChange(cluster: Cluster, node: ClusterNode): NodeTypeChange {
  return {
    id: node.id,
    ...splitAddress(node.address),
    name: node.name,
    type: typeName(cluster, node.os),
    newType: typeName(cluster, node.realOs),
  };
}

/** A node with its containers and their services. */
export function nodeView(cluster: Cluster, node: ClusterNode): NodeView {
  const tasks = [...node.tasks].filter((task) => task.ghost === 'none' && task.containerId !== '');
  return {
    id: node.id,
    name: node.name,
    status: node.status,
    type: typeName(cluster, node.os),
    ...splitAddress(node.address),
    arch: node.arch,
    tls: node.tls ? 1 : 0,
    children: tasks.map((task) => {
      const figures = serviceFigures(task.service, cluster.settings);
      return {
        id: task.containerId,
        name: task.containerName,
        node_id: node.id,
        pro_id: task.service.id,
        type: 'container',
        status: isOnline(task) ? 'running' : 'stop',
        config: JSON.stringify(task.service.image.config),
        children: [
          {
            id: task.service.id,
            name: task.service.name,
            type: 'service',
            status: figures.deploying ? 'deploying' : 'complete',
            health: figures.healthy,
          },
        ],
      };
    }),
  };
}

/** One sample of a node's figures; none while it is offline. */
export function nodeMetrics(cluster: Cluster, node: ClusterNode): readonly NodeMetricsSample[] {
  if (node.status === 'offline') return [];
  const usage = nodeUsage(node, cluster.nowMs);
  return [
    {
      timestamp: Math.floor(cluster.nowMs),
      type: typeName(cluster, node.os),
      cpu: { percent: usage.cpuPercent.toFixed(2) },
      rom: { percent: percent(usage.diskTotalMB - usage.diskFreeMB, usage.diskTotalMB), size: usage.diskTotalMB },
      ram: {
        percent: percent(usage.memoryTotalBytes - usage.memoryFreeBytes, usage.memoryTotalBytes),
        size: usage.memoryTotalBytes,
      },
      processCount: usage.processes,
      process: [{ name: 'ecsd', cpu: '0.50', ram: '1.20' }],
      upNet: [{ networkName: 'en1', value: usage.running * 1.5 }],
      downNet: [{ networkName: 'en1', value: usage.running * 2.5 }],
      upTime: upTimeSeconds(cluster, node),
      running: usage.running,
      stop: usage.containers - usage.running,
    },
  ];
}

/** The ip and port of a node's ECSD. */
export function splitAddress(address: string): { readonly ip: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { ip: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

function typeName({ settings }: Cluster, os: OperatingSystem): string {
  if (settings.nodeTypeNames === 'lower') return os;
  return os === 'sylixos' ? 'SylixOS' : 'Linux';
}

function upTimeSeconds(cluster: Cluster, node: ClusterNode): number {
  return node.status === 'online' ? Math.round(cluster.nowMs - node.bootedMs) / 1000 : 0;
}

function percent(part: number, whole: number): string {
  return ((100 * part) / whole).toFixed(2);
}
