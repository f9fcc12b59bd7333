import { recordDetail, recordRow } from '../internal/decoders/record.js';
import type { Lists, ListSpec } from '../internal/lists.js';
import type { RestClient } from '../rest/rest-client.js';
import type { RecordRow } from '../wire/record.js';
import type { RecordsClient } from './records-client.js';

/** {@link RecordsClient} over HTTP. */
export function restRecords(rest: RestClient, lists: Lists): RecordsClient {
  const listSpec = (serviceId: string): ListSpec<RecordRow> => ({
    list: 'GET /service/record',
    row: recordRow,
    keyOf: (row) => row.id,
    // `id` is the SERVICE here and the record in the delete call.
    request: () => rest.get().resource('service', 'record').param('id', serviceId).require('the service id', serviceId),
  });

  return {
    list: (serviceId, options) => lists.page(listSpec(serviceId), options),
    all: (serviceId, options) => lists.all(listSpec(serviceId), options),
    get: async (recordId, options) =>
      (await rest.get().resource('service', 'record').name(recordId).options(options).do()).into(recordDetail),
    delete: async (recordId, options) => {
      const call = rest.delete().resource('service', 'record').param('id', recordId).options(options);
      await call.require('the record id', recordId).do();
    },
  };
}
