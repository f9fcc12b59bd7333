import type {
  MicroServiceDetail,
  MicroServiceInstanceRow,
  MicroServiceRow,
  RecordDetail,
  RecordRow,
  ServiceDetail,
  ServiceErrorInstance,
  ServiceNode,
  ServiceRow,
  ServiceStatus,
} from '@ecsm/ecsm-client';

import type { Cluster } from '../cluster/cluster.js';
import type { DeploymentRecord, Service, Task } from '../cluster/model.js';
import {
  containerStatus,
  hasHealthCheck,
  isLeaving,
  isLost,
  isOnline,
  serviceFigures,
  type ServiceFigures,
} from '../cluster/task-views.js';
import { isObject } from '../internal/json.js';
import { formatTime } from '../internal/time-format.js';
import { splitAddress } from './node-view.js';

/** A service in the list. */
export function serviceRow(cluster: Cluster, service: Service): ServiceRow {
  const { name, tag, os } = service.ref;
  return {
    ...common(cluster, service, serviceFigures(service, cluster.settings)),
    imageList: [{ name, os, tag }],
    errorInstance: errorInstances(cluster, service),
    defaultLabels: [],
    pathLabel: service.pathLabel,
  };
}

/** A service by id, with the image part exactly as it was sent. */
export function serviceDetail(cluster: Cluster, service: Service): ServiceDetail {
  const figures = serviceFigures(service, cluster.settings);
  return {
    ...common(cluster, service, figures),
    healthy: figures.healthy,
    image: service.image,
    node: { names: service.nodeNames },
  };
}

function common(cluster: Cluster, service: Service, figures: ServiceFigures) {
  const { settings } = cluster;
  const storesFactor = service.policy === 'static' && settings.factorOnStatic === 'store';
  return {
    id: service.id,
    name: service.name,
    status: statusWord(cluster, figures),
    createdTime: formatTime(service.createdMs),
    updatedTime: formatTime(service.updatedMs),
    nodeList: nodeList(cluster, service),
    containerStatusGroup: [...service.tasks].map((task) => containerStatus(task, settings)),
    factor: storesFactor ? (service.factor ?? 0) : figures.desired,
    policy: service.policy,
    instanceOnline: figures.online,
    instanceActive: figures.active,
  };
}

function statusWord({ settings }: Cluster, { deploying, stopped }: ServiceFigures): ServiceStatus {
  if (deploying) return 'deploying';
  return stopped && settings.stoppedServiceStatus === 'stopped' ? 'stopped' : 'complete';
}

function nodeList({ state }: Cluster, service: Service): readonly ServiceNode[] {
  return service.nodeNames.flatMap((name) => {
    const node = state.nodesByName.get(name);
    return node === undefined ? [] : [{ nodeId: node.id, nodeName: node.name, address: node.address }];
  });
}

function errorInstances({ settings }: Cluster, service: Service): readonly ServiceErrorInstance[] {
  return [...service.tasks].flatMap((task) => {
    const message = errorOf(task);
    if (message === undefined) return [];
    const status = containerStatus(task, settings);
    return [{ containerId: task.containerId, nodeId: task.node.id, nodeName: task.node.name, status, message }];
  });
}

function errorOf(task: Task): string | undefined {
  if (task.failedMessage !== null) return task.failedMessage;
  if (isLost(task)) return `node ${task.node.name} is offline`;
  if (task.exitCode !== undefined && task.wanted === 'running') return `container exited with code ${task.exitCode}`;
  return task.health === 'unhealthy' ? 'health check failed' : undefined;
}

/** A deployment in the list of records. */
export function recordRow(record: DeploymentRecord): RecordRow {
  return {
    id: record.id,
    name: record.name,
    cmd: commandOf(record).join(' '),
    createdTime: formatTime(record.createdMs),
    image: record.image.ref,
    node: { names: record.nodeNames },
  };
}

/** A deployment by id. */
export function recordDetail(record: DeploymentRecord): RecordDetail {
  const { image } = record;
  return {
    name: record.name,
    image: {
      ref: image.ref,
      path: `/${image.ref.replace(/[@#].*$/, '')}`,
      ...(image.pullPolicy === undefined ? {} : { pullPolicy: image.pullPolicy }),
      ...(image.autoUpgrade === undefined ? {} : { autoUpgrade: image.autoUpgrade }),
    },
    node: { names: record.nodeNames },
    action: image.action,
    policy: record.policy,
    factor: record.factor ?? record.nodeNames.length,
    cmd: commandOf(record),
    vsoa: image.vsoa ?? null,
    config: image.config,
    createdTime: formatTime(record.createdMs),
  };
}

function commandOf({ image }: DeploymentRecord): readonly string[] {
  const config: unknown = image.config;
  if (!isObject(config)) return [];
  const args = isObject(config['process']) ? config['process']['args'] : config['cmd'];
  return Array.isArray(args) ? args.map(String) : [];
}

/** A service as its VSOA peers see it. */
export function microServiceRow(service: Service): MicroServiceRow {
  return {
    id: service.id,
    name: service.name,
    imageName: service.ref.name,
    healthInstance: [...service.tasks].filter((task) => isOnline(task) && isWell(task)).length,
    instance: [...service.tasks].filter((task) => !isLeaving(task)).length,
    loadBalance: service.loadBalance,
  };
}

/** A micro-service by id. */
export function microServiceDetail(service: Service): MicroServiceDetail {
  return {
    ...microServiceRow(service),
    boDynamic: service.policy === 'dynamic',
    ...(service.loadBalanceDetail === undefined ? {} : { loadBalanceDetail: service.loadBalanceDetail }),
  };
}

/** Where a peer reaches an instance. */
export function microServiceInstanceRow(task: Task): MicroServiceInstanceRow {
  return {
    id: task.containerId,
    taskId: task.id,
    ip: splitAddress(task.node.address).ip,
    vsoaPort: task.vsoaPort,
  };
}

function isWell(task: Task): boolean {
  return !hasHealthCheck(task.service) || task.health === 'healthy';
}
