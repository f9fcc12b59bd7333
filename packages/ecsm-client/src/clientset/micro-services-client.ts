import type {
  MicroServiceDetail,
  MicroServiceInstanceRow,
  MicroServiceRow,
  UpdateMicroServiceRequest,
} from '../wire/micro-service.js';
import type { CallOptions } from './call-options.js';
import type { Listing, ListOptions, ListPage, PageOptions } from './list.js';

/** What narrows the list of micro-services. */
export interface MicroServiceFilter {
  /** Part of the name. */
  readonly name?: string;
  readonly imageId?: number | string;
  readonly nodeId?: string;
  /** Part of the path label. */
  readonly pathLabel?: string;
}

/** What narrows the list of a micro-service's instances. */
export interface MicroServiceInstanceFilter {
  /** Part of the name. */
  readonly name?: string;
}

/** Calls on services as their VSOA callers see them. */
export interface MicroServicesClient extends Listing<MicroServiceRow, MicroServiceFilter> {
  /** Reads one micro-service, with its load balance. */
  get(id: string, options?: CallOptions): Promise<MicroServiceDetail>;
  /** Sets how callers are spread; `loadBalanceDetail` belongs to `masterSlave` and to nothing else. */
  update(request: UpdateMicroServiceRequest, options?: CallOptions): Promise<void>;
  /** Reads one page of where peers reach a micro-service, by its name. */
  instances(
    serviceName: string,
    filter?: MicroServiceInstanceFilter,
    options?: PageOptions,
  ): Promise<ListPage<MicroServiceInstanceRow>>;
  /** Reads all places where peers reach a micro-service, by its name. */
  allInstances(
    serviceName: string,
    filter?: MicroServiceInstanceFilter,
    options?: ListOptions,
  ): AsyncIterable<MicroServiceInstanceRow>;
}
