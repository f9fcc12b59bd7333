import { flag, listOf } from '../internal/decode.js';
import {
  actedIds,
  deletedByPath,
  serviceDeleted,
  serviceDetail,
  serviceRow,
  serviceSummary,
  serviceWritten,
  transaction,
} from '../internal/decoders/service.js';
import type { Lists, ListSpec } from '../internal/lists.js';
import type { RestClient } from '../rest/rest-client.js';
import type { RestRequest } from '../rest/rest-request.js';
import type { RestResult } from '../rest/rest-result.js';
import type { ServiceAction, ServiceDetail, ServiceRow } from '../wire/service.js';
import type { CallOptions, GetOptions } from './call-options.js';
import type { ServiceFilter, ServicesClient } from './services-client.js';

/** Words that stand where an id would be in `/service/:id`. */
const reserved = ['name', 'summary', 'record', 'path', 'rollback', 'deployment', 'container', 'run', 'load'];

/** Actions that do no harm when carried out twice. */
const repeatableActions: readonly ServiceAction[] = ['start', 'stop', 'pause', 'unpause'];

/** {@link ServicesClient} over HTTP. */
export function restServices(rest: RestClient, lists: Lists): ServicesClient {
  const listSpec = (filter: ServiceFilter = {}): ListSpec<ServiceRow> => ({
    list: 'GET /service',
    row: serviceRow,
    keyOf: (row) => row.id,
    nameOf: (row) => row.name,
    request: () =>
      rest
        .get()
        .resource('service')
        // `id` is the id of an IMAGE here.
        .params({ name: filter.name, id: filter.imageId, nodeId: filter.nodeId, label: filter.pathLabel }),
  });
  const action = (verb: ServiceAction, scope: 'ids' | 'path-label'): RestRequest => {
    const request = rest.post().resource('service').name(verb).subresource(scope);
    return repeatableActions.includes(verb) ? request.repeatable() : request;
  };
  const read = (id: string, options: GetOptions | undefined): RestRequest =>
    rest.get().resource('service').name(id, reserved).options(options);

  return {
    list: (filter, options) => lists.page(listSpec(filter), options),
    all: (filter, options) => lists.all(listSpec(filter), options),
    create: async (request, options) => {
      const call = rest.post().resource('service').body(request).options(options);
      return (await call.require('the name', request.name).do()).into(serviceWritten);
    },
    update: async (request, options) => {
      const call = rest.put().resource('service').body(request).options(options);
      return (await call.require('the id', request.id).do()).into(serviceWritten);
    },
    get: async (id, options) => detailOf(await read(id, options).do(), options),
    getUnless: async (digest, id, options) => {
      const result = await read(id, options).unless(digest).do();
      return result.isKnown ? undefined : detailOf(result, options);
    },
    delete: async (id, options) =>
      (await rest.delete().resource('service').name(id, reserved).options(options).do()).into(serviceDeleted),
    destroy: (ids, options) => act('destroy', ids, options),
    act: (verb, ids, options) => act(verb, ids, options),
    actByPath: async (verb, path, options) => {
      const call = action(verb, 'path-label').body({ path }).require('the path', path).options(options);
      return (await call.do()).intoNullable(actedIds);
    },
    deployTemplates: async (verb, request, options) => {
      const call = rest.post().resource('service', verb, 'templates-path-label').body(request).options(options);
      return (await call.require('the paths', request.paths).do()).into(listOf(serviceWritten));
    },
    deleteByPath: async (path, options) => {
      const call = rest.delete().resource('service', 'path').body({ path }).require('the path', path).options(options);
      return (await call.do()).into(deletedByPath);
    },
    redeploy: async (id, options) => {
      const call = rest.put().resource('service', 'deployment', 'restart').body({ id }).options(options);
      await call.require('the id', id).do();
    },
    rollback: async (id, recordId, options) => {
      const call = rest.put().resource('service', 'rollback').body({ id, recordId }).options(options);
      return (await call.require('the id', id).require('the record id', recordId).do()).into(transaction);
    },
    isNameTaken: async (name, options = {}) => {
      const call = rest.get().resource('service', 'name', 'check').params({ name, id: options.exceptId });
      return (await call.require('the name', name).options(options).do()).into(flag);
    },
    summary: async (options) =>
      (await rest.get().resource('service', 'summary').options(options).do()).into(serviceSummary),
  };

  async function act(
    verb: ServiceAction,
    ids: readonly string[],
    options: CallOptions | undefined,
  ): Promise<readonly string[]> {
    const call = action(verb, 'ids').body({ ids }).require('the list of ids', ids).options(options);
    for (const id of ids) call.require('an id', id);
    return (await call.do()).intoNullable(actedIds);
  }
}

/** The service of an answer, once its reader has heard what the answer is known by. */
function detailOf(result: RestResult, options: GetOptions | undefined): ServiceDetail {
  const detail = result.into(serviceDetail);
  options?.onDigest?.(result.digest);
  return detail;
}
