import { microServiceDetail, microServiceInstance, microServiceRow } from '../internal/decoders/micro-service.js';
import type { Lists, ListSpec } from '../internal/lists.js';
import type { RestClient } from '../rest/rest-client.js';
import type { MicroServiceInstanceRow, MicroServiceRow } from '../wire/micro-service.js';
import type { MicroServiceFilter, MicroServiceInstanceFilter, MicroServicesClient } from './micro-services-client.js';

/** {@link MicroServicesClient} over HTTP. */
export function restMicroServices(rest: RestClient, lists: Lists): MicroServicesClient {
  const listSpec = ({ name, imageId, nodeId, pathLabel }: MicroServiceFilter = {}): ListSpec<MicroServiceRow> => ({
    list: 'GET /micro-service',
    row: microServiceRow,
    keyOf: (row) => row.id,
    nameOf: (row) => row.name,
    request: () =>
      rest
        .get()
        .resource('micro-service')
        // The name filter has two names, and `projectId` means the image.
        .params({ name, keyWord: name, projectId: imageId, nodeId, label: pathLabel }),
  });
  const instanceSpec = (
    serviceName: string,
    filter: MicroServiceInstanceFilter = {},
  ): ListSpec<MicroServiceInstanceRow> => ({
    list: 'GET /micro-service/instance',
    row: microServiceInstance,
    keyOf: (row) => row.taskId,
    // `id` is the service's NAME here.
    request: () =>
      rest
        .get()
        .resource('micro-service', 'instance')
        .params({ id: serviceName, keyWord: filter.name })
        .require('the service name', serviceName),
  });

  return {
    list: (filter, options) => lists.page(listSpec(filter), options),
    all: (filter, options) => lists.all(listSpec(filter), options),
    get: async (id, options) =>
      (await rest.get().resource('micro-service').name(id, ['instance']).options(options).do()).into(
        microServiceDetail,
      ),
    update: async (request, options) => {
      const { loadBalance, loadBalanceDetail } = request;
      const call = rest.put().resource('micro-service').body(request).repeatable().require('the id', request.id);
      if (loadBalance === 'masterSlave') call.require('loadBalanceDetail', loadBalanceDetail);
      else if (loadBalanceDetail !== undefined) call.refuse('loadBalanceDetail belongs to masterSlave only');
      await call.options(options).do();
    },
    instances: (serviceName, filter, options) => lists.page(instanceSpec(serviceName, filter), options),
    allInstances: (serviceName, filter, options) => lists.all(instanceSpec(serviceName, filter), options),
  };
}
