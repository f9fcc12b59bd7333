import { imageConfig, imageCount, imageDetail, imageRow, imageSummary } from '../internal/decoders/image.js';
import type { Lists, ListSpec } from '../internal/lists.js';
import type { RestClient } from '../rest/rest-client.js';
import type { ImageCount, ImageRow } from '../wire/image.js';
import type { CallOptions } from './call-options.js';
import type { ImageCountFilter, ImageFilter, ImagesClient, RegistriesClient } from './images-client.js';

async function countImages(
  rest: RestClient,
  lists: Lists,
  { name, os, author }: ImageCountFilter = {},
  options?: CallOptions,
): Promise<readonly ImageCount[]> {
  const result = await rest.get().resource('image', 'count').params({ name, os, author }).options(options).do();
  return result.into((data) => lists.rows('GET /image/count', data, imageCount));
}

/** {@link ImagesClient} over HTTP. */
export function restImages(rest: RestClient, lists: Lists): ImagesClient {
  const listSpec = ({ registryId = 'local', name, os, author }: ImageFilter = {}): ListSpec<ImageRow> => ({
    list: 'GET /image',
    row: imageRow,
    keyOf: (row) => `${row.id}/${row.name}@${row.tag}#${row.os}`,
    request: () =>
      rest.get().resource('image').params({ registryId, name, os, author }).require('the registry id', registryId),
  });

  return {
    list: (filter, options) => lists.page(listSpec(filter), options),
    all: (filter, options) => lists.all(listSpec(filter), options),
    config: async (ref, options) => {
      const call = rest.get().resource('image', 'config').param('ref', ref).options(options);
      return (await call.require('the image reference', ref).do()).into(imageConfig).config;
    },
    summary: async (options) =>
      (await rest.get().resource('image', 'summary').options(options).do()).into(imageSummary),
    count: (filter, options) => countImages(rest, lists, filter, options),
  };
}

/** {@link RegistriesClient} over HTTP. */
export function restRegistries(rest: RestClient, lists: Lists): RegistriesClient {
  return {
    list: async (options) =>
      (await countImages(rest, lists, {}, options)).map(({ registryId, registryName, count }) => ({
        id: registryId,
        name: registryName,
        images: count,
      })),
    image: async (registryId, imageId, options) => {
      const call = rest.get().resource('registry').name(registryId).subresource('image').name(imageId);
      return (await call.options(options).do()).into(imageDetail);
    },
  };
}
