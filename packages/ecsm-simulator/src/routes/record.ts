import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import type { DeploymentRecord, Service } from '../cluster/model.js';
import { PlatformError } from '../cluster/platform-error.js';
import { recordDetail, recordRow } from '../views/service-view.js';
import { success } from './envelope.js';
import { page, pageRequest } from './page.js';
import { text, type Query } from './query.js';

/** `/service/record`: what was deployed, and when. */
export function recordRoutes(api: FastifyInstance, cluster: Cluster): void {
  api.get<{ Querystring: Query }>('/service/record', ({ query }) => {
    const request = pageRequest(query);
    const { records } = cluster.services.get(text(query, 'id') ?? '');
    return success(page(request, [...records].reverse(), records.length, recordRow));
  });

  api.get<{ Params: { recordId: string } }>('/service/record/:recordId', ({ params }) =>
    success(recordDetail(find(cluster, params.recordId).record)),
  );

  api.delete<{ Querystring: Query }>('/service/record', ({ query }) => {
    const { service, record } = find(cluster, text(query, 'id') ?? '');
    service.records.splice(service.records.indexOf(record), 1);
    return success('success');
  });
}

function find(cluster: Cluster, recordId: string): { readonly service: Service; readonly record: DeploymentRecord } {
  for (const service of cluster.state.services.values()) {
    const record = service.records.find(({ id }) => id === recordId);
    if (record !== undefined) return { service, record };
  }
  throw new PlatformError('notFound', `record ${recordId} does not exist`);
}
