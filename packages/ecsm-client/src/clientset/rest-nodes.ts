import { flag, object } from '../internal/decode.js';
import {
  nodeByName,
  nodeDetail,
  nodeRow,
  nodesDeleted,
  nodeStatus,
  nodeTypeChange,
} from '../internal/decoders/node.js';
import type { Lists, ListSpec } from '../internal/lists.js';
import { splitIds } from '../internal/split-ids.js';
import { together } from '../internal/together.js';
import type { RestClient } from '../rest/rest-client.js';
import type { NodeRow } from '../wire/node.js';
import type { CallOptions } from './call-options.js';
import type { NodeFilter, NodesClient } from './nodes-client.js';

/** Words that stand where an id would be in `/node/:id`. */
const reserved = ['name', 'address', 'status', 'type'];

/** {@link NodesClient} over HTTP. */
export function restNodes(rest: RestClient, lists: Lists, maxUrlLength: number): NodesClient {
  const listSpec = (filter: NodeFilter = {}): ListSpec<NodeRow> => ({
    list: 'GET /node',
    row: nodeRow,
    keyOf: (row) => row.id,
    nameOf: (row) => row.name,
    request: () => rest.get().resource('node').params({ name: filter.name, basicInfo: filter.basicInfo }),
  });

  return {
    list: (filter, options) => lists.page(listSpec(filter), options),
    all: (filter, options) => lists.all(listSpec(filter), options),
    register: async (request, options) => {
      const call = rest.post().resource('node').body(request).options(options);
      await call.require('the name', request.name).require('the address', request.address).do();
    },
    update: async (request, options) => {
      // A full replacement: twice is the same as once.
      const call = rest.put().resource('node').body(request).repeatable().options(options);
      await call.require('the id', request.id).do();
    },
    delete: async (ids, options) => {
      const call = rest.delete().resource('node').body({ ids }).require('the list of ids', ids).options(options);
      for (const id of ids) call.require('an id', id);
      return (await call.do()).into(nodesDeleted);
    },
    get: async (id, options) =>
      (await rest.get().resource('node').name(id, reserved).options(options).do()).into(nodeDetail),
    getByName: async (name, options) =>
      (await rest.get().resource('node', 'name').name(name, ['check']).options(options).do()).into(nodeByName),
    isNameTaken: async (name, options = {}) => {
      const call = rest.get().resource('node', 'name', 'check').params({ name, id: options.exceptId });
      return (await call.require('the name', name).options(options).do()).into(flag);
    },
    isAddressTaken: async (address, options = {}) => {
      const call = rest
        .get()
        .resource('node', 'address', 'check')
        .params({ address, id: options.exceptId, tls: options.tls });
      return (await call.require('the address', address).options(options).do()).into(flag);
    },
    status: async (ids, options) => {
      const request = () => rest.get().resource('node', 'status');
      const parts = splitIds(ids, 'ids', maxUrlLength - request().url.length - 1);
      const requests = parts.map((part) => async (shared: CallOptions) => {
        const result = await request().param('ids', part).options(shared).do();
        return result.into((data) => lists.rows('GET /node/status', object(data, 'data')['nodes'], nodeStatus));
      });
      return (await together(requests, options)).flat();
    },
    refreshTypes: async (options) => {
      await rest.put().resource('node', 'type').repeatable().options(options).do();
    },
    typeChanges: async (options) =>
      (await rest.get().resource('node', 'type', 'check').options(options).do()).into((data) =>
        lists.rows('GET /node/type/check', data, nodeTypeChange),
      ),
  };
}
