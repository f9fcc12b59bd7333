import type { Transaction } from '@ecsm/ecsm-client';
import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import type { Task } from '../cluster/model.js';
import { PlatformError } from '../cluster/platform-error.js';
import { containerRow, historyRows } from '../views/container-view.js';
import { Body } from './body.js';
import { success } from './envelope.js';
import { page, pageRequest } from './page.js';
import { list, text, type Query } from './query.js';

/** Verbs of single containers and of all containers of a service. */
const containerActions = ['start', 'stop', 'restart', 'pause', 'unpause'] as const;

/** `/container` and `PUT /service/container`: instances, their history, actions on them. */
export function containerRoutes(api: FastifyInstance, cluster: Cluster): void {
  const { services, state } = cluster;

  api.get<{ Querystring: Query }>('/container/service', ({ query }) =>
    success(
      containerPage(
        cluster,
        query,
        list(query, 'serviceIds').flatMap((id) => state.services.get(id)?.tasks ?? []),
      ),
    ),
  );

  api.get<{ Querystring: Query }>('/container/node', ({ query }) =>
    success(
      containerPage(
        cluster,
        query,
        list(query, 'nodeIds').flatMap((id) => state.nodes.get(id)?.tasks ?? []),
      ),
    ),
  );

  api.get<{ Querystring: Query }>('/container/action/history', ({ query }) => {
    const request = pageRequest(query);
    const rows = historyRows(cluster.task(text(query, 'id') ?? ''));
    return success(page(request, rows, rows.length, (row) => row));
  });

  api.get<{ Params: { taskId: string } }>('/container/:taskId', ({ params }) => {
    const task = state.tasks.get(params.taskId);
    if (task !== undefined) return success(containerRow(cluster, task));
    if (cluster.settings.unknownTaskReply === 'successWord') return success('success');
    throw new PlatformError('notFound', `task ${params.taskId} does not exist`);
  });

  api.put('/container', (request) => {
    const body = new Body(request.body);
    const name = body.text('id');
    const action = body.word('action', containerActions);
    body.done();
    const task = state.tasksByContainerName.get(name);
    if (task === undefined) throw new PlatformError('notFound', `container ${name} does not exist`);
    if (task.node.status === 'offline') throw new PlatformError('conflict', `node ${task.node.name} is offline`);
    services.actOnTask(task, action);
    return success(transaction(cluster));
  });

  api.put('/service/container', (request) => {
    const body = new Body(request.body);
    const serviceId = body.text('serviceId');
    const action = body.word('action', containerActions);
    body.done();
    services.act(services.get(serviceId), action);
    return success(transaction(cluster));
  });
}

/** The handle of a job that has just begun; no call is known by which it could be asked for its end. */
export function transaction(cluster: Cluster): Transaction {
  return { id: cluster.newId(), status: 'running', data: null, timestamp: Math.floor(cluster.nowMs) };
}

function containerPage(cluster: Cluster, query: Query, groups: readonly ReadonlySet<Task>[]) {
  const request = pageRequest(query);
  const key = text(query, 'key') ?? '';
  const row = (task: Task) => containerRow(cluster, task);
  if (key !== '') {
    const found = [...tasksOf(groups)].filter((task) => task.containerName.includes(key));
    return page(request, found, found.length, row);
  }
  let total = 0;
  for (const group of groups) for (const task of group) if (task.ghost === 'none') total++;
  return page(request, tasksOf(groups), total, row);
}

function* tasksOf(groups: readonly ReadonlySet<Task>[]): Iterable<Task> {
  for (const group of groups) for (const task of group) if (task.ghost === 'none') yield task;
}
