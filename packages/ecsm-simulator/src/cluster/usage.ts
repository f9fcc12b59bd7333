import type { Load } from '../spec/cluster-spec.js';
import type { ClusterNode, Service, Task } from './model.js';
import { isOnline } from './task-views.js';

const bytesPerMB = 1_048_576;

/** CPU in percent that a running container uses without any work to do. */
const idleCpuPercent = 2;

/** How often the figures move. */
const samplePeriodMs = 5000;

/** Work to do at a moment, in percent of what one instance can do. */
function loadAt(load: Load, nowMs: number): number {
  if (typeof load === 'number') return load;
  return Math.max(0, load.mean + load.amplitude * Math.sin((2 * Math.PI * nowMs) / load.periodMs));
}

/** Figures of one container; all 0 when it does not run. */
export interface ContainerUsage {
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly memoryMaxBytes: number;
  readonly diskBytes: number;
}

/**
 * What a container uses at a moment: its share of the service's load, with a little unrest.
 *
 * A pure function of the cluster and the time, so that looking changes nothing and nothing needs a timer.
 */
export function containerUsage(task: Task, nowMs: number): ContainerUsage {
  const diskBytes = task.containerId === '' ? 0 : Math.round(task.diskMB * bytesPerMB * 0.2);
  if (!isOnline(task)) return { cpuPercent: 0, memoryBytes: 0, memoryMaxBytes: 0, diskBytes };
  const share = shareAt(task.service, nowMs);
  const unrest = 1 + 0.04 * (noise(task.id, Math.floor(nowMs / samplePeriodMs)) - 0.5);
  const cpuPercent = round(Math.min(100, Math.max(idleCpuPercent, share) * unrest));
  const memoryBytes = memoryAt(task, cpuPercent);
  return {
    cpuPercent,
    memoryBytes,
    memoryMaxBytes: Math.max(memoryBytes, memoryAt(task, Math.min(100, share * 1.02))),
    diskBytes,
  };
}

/** What one running instance of a service has to do: its share of the service's own work and of what it shares. */
function shareAt(service: Service, nowMs: number): number {
  const own = loadAt(service.load, nowMs) / Math.max(1, countRunning([service]));
  const { sharedLoad } = service;
  return sharedLoad === undefined
    ? own
    : own + loadAt(sharedLoad.load, nowMs) / Math.max(1, countRunning(sharedLoad.services));
}

function countRunning(services: Iterable<Service>): number {
  let running = 0;
  for (const { tasks } of services) for (const task of tasks) if (isOnline(task)) running++;
  return running;
}

/** A third of the limit when idle, most of it under full load. */
function memoryAt(task: Task, cpuPercent: number): number {
  return Math.round(task.memoryMB * bytesPerMB * (0.33 + 0.5 * (cpuPercent / 100)));
}

/** Containers of ECSM on a node, and how many of them run. */
export interface ContainerCounts {
  readonly containers: number;
  readonly running: number;
}

/** Counts the containers on a node. */
export function containerCounts(node: ClusterNode): ContainerCounts {
  let containers = 0;
  let running = 0;
  for (const task of node.tasks) {
    if (task.ghost !== 'none' || task.containerId === '') continue;
    containers++;
    if (isOnline(task)) running++;
  }
  return { containers, running };
}

/** Figures of one node. */
export interface NodeUsage extends ContainerCounts {
  readonly cpuPercent: number;
  readonly memoryTotalBytes: number;
  readonly memoryFreeBytes: number;
  readonly diskTotalMB: number;
  readonly diskFreeMB: number;
  readonly processes: number;
}

/** What a node uses at a moment, summed over its containers; only its sizes when it is offline. */
export function nodeUsage(node: ClusterNode, nowMs: number): NodeUsage {
  let cpu = 0;
  let memoryBytes = node.memoryMB * bytesPerMB * 0.12;
  const counts = containerCounts(node);
  for (const task of node.tasks) {
    if (task.ghost !== 'none' || !isOnline(task)) continue;
    const usage = containerUsage(task, nowMs);
    cpu += usage.cpuPercent;
    memoryBytes += usage.memoryBytes;
  }
  const offline = node.status === 'offline';
  const memoryTotalBytes = node.memoryMB * bytesPerMB;
  return {
    cpuPercent: offline ? 0 : round(Math.min(100, 1 + cpu / node.cpuCores)),
    memoryTotalBytes,
    memoryFreeBytes: offline ? 0 : Math.max(0, Math.round(memoryTotalBytes - memoryBytes)),
    diskTotalMB: node.diskMB,
    diskFreeMB: offline ? 0 : Math.max(0, node.diskMB - node.diskUsedMB),
    processes: offline ? 0 : 24 + counts.running,
    ...counts,
  };
}

/** A number from 0 to 1 that depends on the key and the step alone. */
function noise(key: string, step: number): number {
  let hash = step | 0;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 15;
  return ((Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
