import type {
  DeleteByPathRow,
  DeleteServiceData,
  ServiceAction,
  ServiceSummary,
  ServiceWriteData,
} from '@ecsm/ecsm-client';
import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import type { Service } from '../cluster/model.js';
import { PlatformError } from '../cluster/platform-error.js';
import { assertServiceRequest } from '../cluster/service-request.js';
import { isLeaving, serviceFigures } from '../cluster/task-views.js';
import { serviceDetail, serviceRow } from '../views/service-view.js';
import { Body } from './body.js';
import { transaction } from './container.js';
import { success } from './envelope.js';
import { page, pageRequest } from './page.js';
import { text, type Query } from './query.js';

const serviceActions = [
  'start',
  'stop',
  'restart',
  'pause',
  'unpause',
  'destroy',
] as const satisfies readonly ServiceAction[];

/** `/service`: definition, lists, actions, removal. */
export function serviceRoutes(api: FastifyInstance, cluster: Cluster): void {
  const { services, state } = cluster;

  api.post('/service', ({ body }) => {
    assertServiceRequest(body);
    return success(writeData(cluster, services.create(body)));
  });

  api.put('/service', ({ body }) => {
    const reader = new Body(body);
    const id = reader.text('id');
    reader.done();
    const service = services.get(id);
    assertServiceRequest(body);
    return success(writeData(cluster, services.update({ ...body, id: service.id })));
  });

  api.get<{ Querystring: Query }>('/service', ({ query }) => {
    const request = pageRequest(query);
    const found = matching(cluster, query);
    return success(page(request, found, found.length, (service) => serviceRow(cluster, service)));
  });

  api.get('/service/summary', () => {
    let health = 0;
    for (const service of state.services.values()) if (serviceFigures(service, cluster.settings).healthy) health++;
    return success<ServiceSummary>({ total: state.services.size, health });
  });

  api.get<{ Querystring: Query }>('/service/name/check', ({ query }) =>
    success(services.nameTaken(text(query, 'name') ?? '', text(query, 'id'))),
  );

  api.get<{ Params: { id: string } }>('/service/:id', ({ params }) =>
    success(serviceDetail(cluster, services.get(params.id))),
  );

  api.delete<{ Params: { id: string } }>('/service/:id', ({ params }) => {
    services.delete(services.get(params.id));
    return success<DeleteServiceData>({ transactionId: cluster.newId() });
  });

  api.delete('/service/path', (request) => {
    const body = new Body(request.body);
    const path = body.text('path');
    body.done();
    const rows = underPath(cluster, path).map((service): DeleteByPathRow => {
      services.delete(service);
      return { provisionId: service.id, result: 'ok', transactionId: cluster.newId(), error: null };
    });
    return success(rows);
  });

  api.post<{ Params: { action: string } }>('/service/:action/ids', (request) => {
    const action = actionOf(request.params.action);
    const body = new Body(request.body);
    const ids = body.texts('ids');
    body.done();
    const chosen = ids.map((id) => services.get(id));
    for (const service of chosen) services.act(service, action);
    return success(cluster.settings.actionReply === 'array' ? ids : { ids });
  });

  api.post<{ Params: { action: string } }>('/service/:action/path-label', (request) => {
    const action = actionOf(request.params.action);
    const body = new Body(request.body);
    const path = body.text('path');
    body.done();
    const chosen = underPath(cluster, path);
    for (const service of chosen) services.act(service, action);
    return success({ ids: chosen.map(({ id }) => id) });
  });

  api.put('/service/deployment/restart', (request) => {
    const body = new Body(request.body);
    const id = body.text('id');
    body.done();
    services.redeploy(services.get(id));
    return success(null);
  });

  api.put('/service/rollback', (request) => {
    const body = new Body(request.body);
    const [id, recordId] = [body.text('id'), body.text('recordId')];
    body.done();
    services.rollback(services.get(id), recordId);
    return success(transaction(cluster));
  });
}

/** The reply to a create or an update. */
export function writeData({ settings }: Cluster, service: Service): ServiceWriteData {
  const present = [...service.tasks].filter((task) => !isLeaving(task));
  return {
    id: service.id,
    containers: present.map((task) => (settings.replyContainers === 'taskIds' ? task.id : task.containerId)),
  };
}

/** Services whose path label is the path or lies under it. */
function underPath({ state }: Cluster, path: string): readonly Service[] {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return [...state.services.values()].filter(
    ({ pathLabel }) => pathLabel !== '' && (pathLabel === path || pathLabel.startsWith(folder)),
  );
}

function matching({ state }: Cluster, query: Query): readonly Service[] {
  const [name, imageId, nodeId, label] = ['name', 'id', 'nodeId', 'label'].map((field) => text(query, field) ?? '');
  const services = [...state.services.values()];
  if (!name && !imageId && !nodeId && !label) return services;
  const image = imageId ? state.images.get(imageId)?.ref : undefined;
  const nodeName = nodeId ? state.nodes.get(nodeId)?.name : undefined;
  return services.filter(
    (service) =>
      (!name || service.name.includes(name)) &&
      (!imageId || service.image.ref === image) &&
      (!nodeId || (nodeName !== undefined && service.nodeNames.includes(nodeName))) &&
      (!label || service.pathLabel.includes(label)),
  );
}

function actionOf(word: string): ServiceAction {
  const action = serviceActions.find((candidate) => candidate === word);
  if (action === undefined) throw new PlatformError('notFound', `there is no action ${word} on services`);
  return action;
}
