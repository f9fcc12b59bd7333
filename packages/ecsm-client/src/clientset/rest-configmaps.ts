import { present } from '../internal/decode.js';
import { configMapRow } from '../internal/decoders/configmap.js';
import type { Lists, ListSpec } from '../internal/lists.js';
import type { RestClient } from '../rest/rest-client.js';
import type { ConfigMapRow } from '../wire/configmap.js';
import type { ConfigMapFilter, ConfigMapsClient } from './configmaps-client.js';

/** {@link ConfigMapsClient} over HTTP. */
export function restConfigMaps(rest: RestClient, lists: Lists): ConfigMapsClient {
  const listSpec = (filter: ConfigMapFilter = {}): ListSpec<ConfigMapRow> => ({
    list: 'GET /configmap',
    row: configMapRow,
    keyOf: (row) => row.id,
    nameOf: (row) => row.key,
    request: () => rest.get().resource('configmap').param('key', filter.key),
  });

  return {
    list: (filter, options) => lists.page(listSpec(filter), options),
    all: (filter, options) => lists.all(listSpec(filter), options),
    create: async (request, options) => {
      await rest.post().resource('configmap').body(request).require('the key', request.key).options(options).do();
    },
    update: async (request, options) => {
      // A full replacement: twice is the same as once.
      const call = rest.put().resource('configmap').body(request).repeatable().options(options);
      await call.require('the id', request.id).require('the key', request.key).do();
    },
    delete: async (id, options) => {
      await rest.delete().resource('configmap').name(id, ['key']).options(options).do();
    },
    value: async (key, options) => {
      const call = rest.get().resource('configmap', 'key').param('key', key).options(options);
      return (await call.require('the key', key).do()).into(present);
    },
  };
}
