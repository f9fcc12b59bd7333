import type { LoadBalanceDetail } from '@ecsm/ecsm-client';
import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import type { Service } from '../cluster/model.js';
import { PlatformError } from '../cluster/platform-error.js';
import { invalidFields } from '../cluster/service-request.js';
import { isOnline } from '../cluster/task-views.js';
import { isObject } from '../internal/json.js';
import { microServiceDetail, microServiceInstanceRow, microServiceRow } from '../views/service-view.js';
import { Body } from './body.js';
import { success } from './envelope.js';
import { page, pageRequest } from './page.js';
import { text, type Query } from './query.js';

const loadBalances = ['roundRobin', 'masterSlave'] as const;

/** `/micro-service`: the services with a VSOA server, as their peers see them. */
export function microServiceRoutes(api: FastifyInstance, cluster: Cluster): void {
  const { state } = cluster;

  api.get<{ Querystring: Query }>('/micro-service', ({ query }) => {
    const name = text(query, 'name') ?? text(query, 'keyWord') ?? '';
    const image = state.images.get(text(query, 'projectId') ?? '')?.ref;
    const nodeName = state.nodes.get(text(query, 'nodeId') ?? '')?.name;
    const label = text(query, 'label') ?? '';
    const found = [...state.services.values()].filter(
      (service) =>
        isMicroService(service) &&
        service.name.includes(name) &&
        (!query['projectId'] || service.image.ref === image) &&
        (!query['nodeId'] || (nodeName !== undefined && service.nodeNames.includes(nodeName))) &&
        service.pathLabel.includes(label),
    );
    return success(page(pageRequest(query), found, found.length, microServiceRow));
  });

  api.get<{ Querystring: Query }>('/micro-service/instance', ({ query }) => {
    const request = pageRequest(query);
    const name = text(query, 'id') ?? '';
    const key = text(query, 'keyWord') ?? '';
    const [service] = state.servicesByName.get(name) ?? [];
    const tasks = [...(service?.tasks ?? [])].filter((task) => isOnline(task) && task.containerName.includes(key));
    return success(page(request, tasks, tasks.length, microServiceInstanceRow));
  });

  api.get<{ Params: { id: string } }>('/micro-service/:id', ({ params }) =>
    success(microServiceDetail(find(cluster, params.id))),
  );

  api.put('/micro-service', (request) => {
    const body = new Body(request.body);
    const id = body.text('id');
    const loadBalance = body.word('loadBalance', loadBalances);
    body.done();
    const detail = body.raw('loadBalanceDetail');
    const service = find(cluster, id);
    if (loadBalance === 'masterSlave') {
      if (!isDetail(detail))
        throw invalidFields({ loadBalanceDetail: 'must be an array of {master, id} for masterSlave' });
      service.loadBalanceDetail = detail;
    } else {
      if (detail !== undefined && detail !== null) {
        throw invalidFields({ loadBalanceDetail: 'must not be given for roundRobin' });
      }
      service.loadBalanceDetail = undefined;
    }
    service.loadBalance = loadBalance;
    return success(null);
  });
}

function isMicroService(service: Service): boolean {
  return service.image.vsoa !== undefined;
}

function find(cluster: Cluster, id: string): Service {
  const service = cluster.state.services.get(id);
  if (service === undefined || !isMicroService(service)) {
    throw new PlatformError('notFound', `micro-service ${id} does not exist`);
  }
  return service;
}

function isDetail(value: unknown): value is readonly LoadBalanceDetail[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((row) => isObject(row) && typeof row['id'] === 'string')
  );
}
