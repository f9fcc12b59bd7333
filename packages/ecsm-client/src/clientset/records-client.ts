import type { RecordDetail, RecordRow } from '../wire/record.js';
import type { CallOptions } from './call-options.js';
import type { ListOptions, ListPage, PageOptions } from './list.js';

/** Calls on the stored deployments of a service. */
export interface RecordsClient {
  /** Reads one page of the records of a service. */
  list(serviceId: string, options?: PageOptions): Promise<ListPage<RecordRow>>;
  /** Reads all records of a service; see {@link ServicesClient.all} for what a stream of rows promises. */
  all(serviceId: string, options?: ListOptions): AsyncIterable<RecordRow>;
  /** Reads one record: what was deployed. */
  get(recordId: string, options?: CallOptions): Promise<RecordDetail>;
  /** Deletes one record; the service is not touched. */
  delete(recordId: string, options?: CallOptions): Promise<void>;
}
