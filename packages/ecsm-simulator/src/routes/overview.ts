import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import { nodeMetrics, nodeView } from '../views/node-view.js';
import { success } from './envelope.js';
import { text, type Query } from './query.js';

/** `/overview`: a node with everything on it, and its figures. */
export function overviewRoutes(api: FastifyInstance, cluster: Cluster): void {
  api.get<{ Params: { id: string } }>('/overview/platform/node-view/:id', ({ params }) =>
    success(nodeView(cluster, cluster.nodes.get(params.id))),
  );

  api.get<{ Querystring: Query }>('/overview/node', ({ query }) =>
    success(nodeMetrics(cluster, cluster.nodes.get(text(query, 'nodeId') ?? ''))),
  );
}
