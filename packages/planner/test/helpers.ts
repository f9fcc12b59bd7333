import type { ECSMService, ECSMServiceSpec } from '@ecsm/api-types';
import type { ContainerRow, ServiceDetail } from '@ecsm/ecsm-client';

import {
  formatOwnerMark,
  observeDetail,
  platformServiceName,
  templateHashOf,
  toPlatformRequest,
  type Desired,
  type Now,
  type Observed,
  type ObservedService,
} from '../src/index.js';

export const identity = { operatorId: 'default', namespace: 'default', name: 'web' };
export const mark = formatOwnerMark(identity);
export const now: Now = { wallMs: Date.UTC(2026, 0, 1), observedMs: 1_000_000 };

/** A Dynamic service called `web`. */
export function webService(
  replicas: number,
  more: Partial<ECSMServiceSpec> = {},
  metadata: Partial<ECSMService['metadata']> = {},
): ECSMService {
  return {
    apiVersion: 'ecsm.sh/v1',
    kind: 'ECSMService',
    metadata: { name: 'web', namespace: 'default', uid: 'u1', generation: 1, ...metadata },
    spec: {
      deploymentStrategy: { type: 'Dynamic', replicas, nodePool: ['a', 'b', 'c'] },
      template: { image: 'web@1.0.0#sylixos' },
      ...more,
    },
  };
}

/** A Static service called `web`. */
export function staticService(nodes: readonly string[], more: Partial<ECSMServiceSpec> = {}): ECSMService {
  return webService(0, { deploymentStrategy: { type: 'Static', nodes }, ...more });
}

export function desired(service: ECSMService, more: Partial<Desired> = {}): Desired {
  return { service, operatorId: 'default', ...more };
}

export function observed(services: readonly ObservedService[], more: Partial<Observed> = {}): Observed {
  return { services, observedAtMs: now.wallMs, ...more };
}

/** The name under which a service's present template runs. */
export function nameOf(service: ECSMService): string {
  return platformServiceName(identity, templateHashOf(service));
}

/** A platform service with `size` instances, all online unless said otherwise. */
export function running(name: string, size: number, more: Partial<ObservedService> = {}): ObservedService {
  return {
    id: `id-${name}`,
    name,
    deploying: false,
    policy: 'dynamic',
    factor: size,
    nodes: ['a', 'b', 'c'],
    image: 'web@1.0.0#sylixos',
    createdTime: '2026-01-01 00:00:00',
    containerStatuses: Array.from({ length: size }, () => 'running'),
    online: size,
    failures: [],
    mark,
    ...more,
  };
}

/** The detail of the platform service that a service asks for, as the platform would show it. */
export function detailOf(service: ECSMService, config: Readonly<Record<string, unknown>> = {}): ServiceDetail {
  const { request } = toPlatformRequest(service, config, { operatorId: 'default' });
  const size = request.factor ?? request.node.names.length;
  return {
    id: `id-${request.name}`,
    name: request.name,
    status: 'complete',
    containerStatusGroup: Array.from({ length: size }, () => 'running'),
    healthy: true,
    factor: size,
    policy: request.policy ?? 'static',
    instanceOnline: size,
    instanceActive: 0,
    createdTime: '2026-01-01 00:00:00',
    updatedTime: '2026-01-01 00:00:00',
    image: request.image,
    node: request.node,
    nodeList: [],
  };
}

/** The same as the observer sees it. */
export function seen(service: ECSMService, change: Partial<ServiceDetail> = {}): ObservedService {
  return { ...observeDetail({ ...detailOf(service), ...change }), mark };
}

/** Containers as `node:status` texts. */
export function containers(...texts: readonly string[]): readonly ContainerRow[] {
  return texts.map((text, index) => {
    const [nodeName = '', status = ''] = text.split(':');
    const id = `c${index}`;
    return { id, taskId: id, name: id, status, serviceId: 's', serviceName: 's', nodeId: nodeName, nodeName };
  });
}
