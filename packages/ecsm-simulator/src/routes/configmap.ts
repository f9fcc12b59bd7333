import type { ConfigMapRow } from '@ecsm/ecsm-client';
import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import type { ConfigItem } from '../cluster/model.js';
import { PlatformError } from '../cluster/platform-error.js';
import { invalidFields } from '../cluster/service-request.js';
import { Body } from './body.js';
import { success } from './envelope.js';
import { page, pageRequest } from './page.js';
import { text, type Query } from './query.js';

const configMapTypes = ['string', 'number', 'json'] as const;

/** `/configmap`: keys and values. */
export function configMapRoutes(api: FastifyInstance, cluster: Cluster): void {
  const { configItems } = cluster.state;

  const find = (id: string): ConfigItem => {
    const item = configItems.get(id);
    if (item === undefined) throw new PlatformError('notFound', `configuration item ${id} does not exist`);
    return item;
  };
  const checkKey = (key: string, exceptId?: string): void => {
    for (const item of configItems.values()) {
      if (item.key === key && item.id !== exceptId) throw new PlatformError('conflict', `key ${key} already exists`);
    }
  };

  api.post('/configmap', (request) => {
    const { key, type, value } = entry(new Body(request.body));
    checkKey(key);
    const id = cluster.newHexId();
    configItems.set(id, { id, key, type, value });
    return success(null);
  });

  api.put('/configmap', (request) => {
    const body = new Body(request.body);
    const id = body.text('id');
    const { key, type, value } = entry(body);
    const item = find(id);
    checkKey(key, item.id);
    Object.assign(item, { key, type, value });
    return success(null);
  });

  api.delete<{ Params: { id: string } }>('/configmap/:id', ({ params }) => {
    configItems.delete(find(params.id).id);
    return success('success');
  });

  api.get<{ Querystring: Query }>('/configmap/key', ({ query }) => {
    const key = text(query, 'key') ?? '';
    for (const item of configItems.values()) if (item.key === key) return success(item.value);
    throw new PlatformError('notFound', `key ${key} does not exist`);
  });

  // A plain array, in spite of the paging.
  api.get<{ Querystring: Query }>('/configmap', ({ query }) => {
    const key = text(query, 'key') ?? '';
    const found = [...configItems.values()].filter((item) => item.key.includes(key));
    const row = (item: ConfigItem): ConfigMapRow => ({ ...item });
    return success(page(pageRequest(query), found, found.length, row).list);
  });
}

function entry(body: Body): Omit<ConfigItem, 'id'> {
  const key = body.text('key');
  const type = body.word('type', configMapTypes);
  body.done();
  const value = body.raw('value');
  if (value === undefined) throw invalidFields({ value: 'must be given' });
  if (type === 'string' && typeof value !== 'string') throw invalidFields({ value: 'must be a string' });
  if (type === 'number' && typeof value !== 'number') throw invalidFields({ value: 'must be a number' });
  return { key, type, value };
}
