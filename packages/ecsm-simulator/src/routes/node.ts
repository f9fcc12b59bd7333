import type { DeleteNodesData, NodeStatusData } from '@ecsm/ecsm-client';
import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import { nodeByName, nodeDetail, nodeRow, nodeStatus, nodeTypeChange } from '../views/node-view.js';
import { Body } from './body.js';
import { success } from './envelope.js';
import { page, pageRequest } from './page.js';
import { list, text, type Query } from './query.js';

/** `/node`: registration, lists, checks, status, types. */
export function nodeRoutes(api: FastifyInstance, cluster: Cluster): void {
  const { nodes, state } = cluster;

  api.post('/node', (request) => {
    const body = new Body(request.body);
    const node = { address: body.text('address'), name: body.text('name'), password: body.text('password') };
    const tls = body.optionalFlag('tls') ?? false;
    body.done();
    nodes.register({ ...node, tls });
    return success(null);
  });

  api.put('/node', (request) => {
    const body = new Body(request.body);
    const node = { id: body.text('id'), address: body.text('address'), name: body.text('name') };
    const password = body.text('password');
    const tls = body.optionalFlag('tls') ?? false;
    body.done();
    nodes.update({ ...node, password, tls });
    return success(null);
  });

  api.delete('/node', (request) => {
    const body = new Body(request.body);
    const ids = body.texts('ids');
    body.done();
    const conflicts = nodes.delete(ids);
    const data: DeleteNodesData =
      conflicts.length === 0
        ? 'success'
        : conflicts.map(({ node, services }) => ({
            id: node.id,
            name: node.name,
            serves: services.map(({ id, name }) => ({ id, name })),
          }));
    return success(data);
  });

  api.get<{ Querystring: Query }>('/node', ({ query }) => {
    const request = pageRequest(query);
    const name = text(query, 'name') ?? '';
    const basicInfo = text(query, 'basicInfo') === 'true';
    const found = [...state.nodes.values()].filter((node) => node.name.includes(name));
    return success(page(request, found, found.length, (node) => nodeRow(cluster, node, basicInfo)));
  });

  api.get<{ Querystring: Query }>('/node/status', ({ query }) => {
    const found = list(query, 'ids').flatMap((id) => state.nodes.get(id) ?? []);
    return success<NodeStatusData>({ nodes: found.map((node) => nodeStatus(cluster, node)) });
  });

  api.get<{ Querystring: Query }>('/node/name/check', ({ query }) =>
    success(nodes.nameTaken(text(query, 'name') ?? '', text(query, 'id'))),
  );

  api.get<{ Querystring: Query }>('/node/address/check', ({ query }) =>
    success(nodes.addressTaken(text(query, 'address') ?? '', text(query, 'id'))),
  );

  api.get<{ Params: { name: string } }>('/node/name/:name', ({ params }) =>
    success(nodeByName(cluster, nodes.getByName(params.name))),
  );

  api.put('/node/type', () => {
    nodes.refreshTypes();
    return success(null);
  });

  api.get('/node/type/check', () => {
    const changing = [...state.nodes.values()].filter((node) => node.os !== node.realOs);
    return success(changing.map((node) => nodeTypeChange(cluster, node)));
  });

  api.get<{ Params: { id: string } }>('/node/:id', ({ params }) => success(nodeDetail(cluster, nodes.get(params.id))));
}
