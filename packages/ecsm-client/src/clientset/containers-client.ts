import type { ActionHistoryRow, ContainerAction, ContainerRow } from '../wire/container.js';
import type { Transaction } from '../wire/transaction.js';
import type { CallOptions } from './call-options.js';
import type { ListOptions, ListPage, PageOptions } from './list.js';

/** What narrows a list of containers. */
export interface ContainerFilter {
  /** Part of the name. */
  readonly name?: string;
}

/** Options of {@link ContainersClient.ofAllServices}. */
export interface AllContainersOptions extends ListOptions, ContainerFilter {
  /** Ids of all services, where the caller knows them already. */
  readonly serviceIds?: readonly string[];
  /** Ids of all nodes, where the caller knows them already. */
  readonly nodeIds?: readonly string[];
}

/** Calls on containers: the running copies of services. */
export interface ContainersClient {
  /** Reads one page of the containers of services; refuses more ids than fit a URL. An unknown id has no rows. */
  listByServices(
    serviceIds: readonly string[],
    filter?: ContainerFilter,
    options?: PageOptions,
  ): Promise<ListPage<ContainerRow>>;
  /** Reads all containers of services; any number of ids, split over requests as URLs allow. */
  allByServices(
    serviceIds: readonly string[],
    filter?: ContainerFilter,
    options?: ListOptions,
  ): AsyncIterable<ContainerRow>;
  /** Reads one page of the containers on nodes; refuses more ids than fit a URL. */
  listByNodes(
    nodeIds: readonly string[],
    filter?: ContainerFilter,
    options?: PageOptions,
  ): Promise<ListPage<ContainerRow>>;
  /** Reads all containers on nodes; any number of ids, split over requests as URLs allow. */
  allByNodes(nodeIds: readonly string[], filter?: ContainerFilter, options?: ListOptions): AsyncIterable<ContainerRow>;
  /**
   * Reads the containers of all services with the fewest requests the platform allows.
   *
   * There is no call for it, so they are read by node or by service, whichever needs fewer requests; containers that
   * belong to no service are left out. Ids the caller has save the requests for listing them.
   */
  ofAllServices(options?: AllContainersOptions): AsyncIterable<ContainerRow>;
  /** Reads one container by its task id (not its container id). */
  get(taskId: string, options?: CallOptions): Promise<ContainerRow>;
  /** The containers with exactly this name, found with the platform's own search. */
  findByName(name: string, options?: AllContainersOptions): Promise<readonly ContainerRow[]>;
  /** Reads one page of the commands carried out on a container. */
  history(taskId: string, options?: PageOptions): Promise<ListPage<ActionHistoryRow>>;
  /** Reads all commands carried out on a container. */
  allHistory(taskId: string, options?: ListOptions): AsyncIterable<ActionHistoryRow>;
  /** Carries out a verb on the container of this name (names are the key here, not ids). */
  act(action: ContainerAction, containerName: string, options?: CallOptions): Promise<Transaction>;
  /** Carries out a verb on all containers of a service. */
  actOnService(action: ContainerAction, serviceId: string, options?: CallOptions): Promise<Transaction>;
}
