import type { ImageConfigData, ImageCount, ImageSummary } from '@ecsm/ecsm-client';
import type { FastifyInstance } from 'fastify';

import type { Cluster } from '../cluster/cluster.js';
import type { Image } from '../cluster/model.js';
import { PlatformError } from '../cluster/platform-error.js';
import { invalidFields } from '../cluster/service-request.js';
import { imageDetail, imageRow } from '../views/image-view.js';
import { success } from './envelope.js';
import { page, pageRequest } from './page.js';
import { text, type Query } from './query.js';

/** `/image` and `/registry`: what there is to run. */
export function imageRoutes(api: FastifyInstance, cluster: Cluster): void {
  const { state } = cluster;

  api.get<{ Querystring: Query }>('/image', ({ query }) => {
    const request = pageRequest(query);
    const registryId = text(query, 'registryId');
    if (registryId === undefined) throw invalidFields({ registryId: 'must be given' });
    if (!state.registries.has(registryId)) throw new PlatformError('notFound', `registry ${registryId} does not exist`);
    const found = [...state.images.values()].filter(
      (image) => image.registryId === registryId && matches(image, query),
    );
    return success(page(request, found, found.length, imageRow));
  });

  api.get('/image/summary', () => {
    const images = [...state.images.values()];
    const local = images.filter((image) => image.registryId === 'local').length;
    return success<ImageSummary>({ local, remote: images.length - local });
  });

  api.get<{ Querystring: Query }>('/image/config', ({ query }) => {
    const ref = text(query, 'ref') ?? '';
    const image = state.imagesByRef.get(ref);
    if (image === undefined) throw new PlatformError('notFound', `image ${ref} does not exist`);
    return success<ImageConfigData>({ config: image.config });
  });

  api.get<{ Querystring: Query }>('/image/count', ({ query }) => {
    const counts = [...state.registries.values()].map((registry): ImageCount => {
      const images = [...state.images.values()];
      const count = images.filter((image) => image.registryId === registry.id && matches(image, query)).length;
      const row = { count, registryId: registry.id, registryName: registry.name };
      return registry.id === 'local' ? row : { ...row, status: true, standard: true };
    });
    return success(counts);
  });

  api.get<{ Params: { registryId: string; imageId: string } }>('/registry/:registryId/image/:imageId', ({ params }) => {
    const image = state.images.get(params.imageId);
    if (image === undefined || image.registryId !== params.registryId) {
      throw new PlatformError('notFound', `image ${params.imageId} does not exist in registry ${params.registryId}`);
    }
    return success(imageDetail(image));
  });
}

function matches(image: Image, query: Query): boolean {
  const [name, os, author] = [text(query, 'name'), text(query, 'os'), text(query, 'author')];
  return (
    (name === undefined || image.name.includes(name)) &&
    (os === undefined || os === '' || image.os === os) &&
    (author === undefined || author === '' || (image.author ?? '').includes(author))
  );
}
