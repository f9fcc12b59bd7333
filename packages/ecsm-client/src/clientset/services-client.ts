import type {
  CreateServiceRequest,
  DeleteByPathRow,
  DeleteServiceData,
  DeployTemplatesRequest,
  ServiceAction,
  ServiceDetail,
  ServiceImageAction,
  ServiceRow,
  ServiceSummary,
  ServiceWriteData,
  UpdateServiceRequest,
} from '../wire/service.js';
import type { Transaction } from '../wire/transaction.js';
import type { CallOptions, GetOptions } from './call-options.js';
import type { Listing } from './list.js';

/** What narrows the list of services. */
export interface ServiceFilter {
  /** Part of the name. */
  readonly name?: string;
  /** Services that use this image. */
  readonly imageId?: string;
  /** Services that use this node. */
  readonly nodeId?: string;
  /** Part of the path label. */
  readonly pathLabel?: string;
}

/**
 * Calls on services: groups of containers of one application over several nodes.
 *
 * Every change is carried out later by the platform: an answer means accepted, not done.
 */
export interface ServicesClient extends Listing<ServiceRow, ServiceFilter> {
  /**
   * Creates a service.
   *
   * @throws OutcomeUnknownError when the platform may have created it without our hearing of it: look by name
   */
  create(request: CreateServiceRequest, options?: CallOptions): Promise<ServiceWriteData>;
  /** Replaces a service. Send back what {@link ServicesClient.get} returned, changed, so that nothing is lost. */
  update(request: UpdateServiceRequest, options?: CallOptions): Promise<ServiceWriteData>;
  /** Reads one service; what is in it can be written back without loss. */
  get(id: string, options?: GetOptions): Promise<ServiceDetail>;
  /**
   * Reads one service for somebody who looks at it again and again: an answer that still has this digest is not parsed, and
   * `undefined` is returned. The platform sends it all the same.
   */
  getUnless(digest: string, id: string, options?: GetOptions): Promise<ServiceDetail | undefined>;
  /** Deletes one service; its containers vanish later. */
  delete(id: string, options?: CallOptions): Promise<DeleteServiceData>;
  /** Deletes services; answers with the ids the platform named. */
  destroy(ids: readonly string[], options?: CallOptions): Promise<readonly string[]>;
  /** Carries out a verb on services; answers with the ids the platform named. */
  act(action: ServiceAction, ids: readonly string[], options?: CallOptions): Promise<readonly string[]>;
  /** Carries out a verb on every service below a template path. */
  actByPath(action: ServiceAction, path: string, options?: CallOptions): Promise<readonly string[]>;
  /** Deploys every template below the paths: `run` creates and starts, `load` creates only. */
  deployTemplates(
    action: ServiceImageAction,
    request: DeployTemplatesRequest,
    options?: CallOptions,
  ): Promise<readonly ServiceWriteData[]>;
  /** Deletes every service below a template path; the result of each is in its row. */
  deleteByPath(path: string, options?: CallOptions): Promise<readonly DeleteByPathRow[]>;
  /** Deploys a service again as it is. */
  redeploy(id: string, options?: CallOptions): Promise<void>;
  /** Goes back to a deployment record of the service. */
  rollback(id: string, recordId: string, options?: CallOptions): Promise<Transaction>;
  /** Whether a service has this name; `exceptId` leaves one service out, as when renaming it. */
  isNameTaken(name: string, options?: CallOptions & { readonly exceptId?: string }): Promise<boolean>;
  /** How many services there are, and how many are healthy. */
  summary(options?: CallOptions): Promise<ServiceSummary>;
}
