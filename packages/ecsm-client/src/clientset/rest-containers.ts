import { actionHistoryRow, containerRow } from '../internal/decoders/container.js';
import { nodeRow } from '../internal/decoders/node.js';
import { transaction } from '../internal/decoders/service.js';
import type { Lists, ListSpec } from '../internal/lists.js';
import { splitIds } from '../internal/split-ids.js';
import type { RestClient } from '../rest/rest-client.js';
import type { ActionHistoryRow, ContainerAction, ContainerRow } from '../wire/container.js';
import { collect } from './collect.js';
import type { AllContainersOptions, ContainerFilter, ContainersClient } from './containers-client.js';
import type { ListOptions } from './list.js';

/** Words that stand where a task id would be in `/container/:taskId`. */
const reserved = ['service', 'node', 'action'];

/** Actions that do no harm when carried out twice. */
const repeatableActions: readonly ContainerAction[] = ['start', 'stop', 'pause', 'unpause'];

/** Where containers are looked for: below services or on nodes. */
interface Grouping {
  readonly path: 'service' | 'node';
  readonly parameter: 'serviceIds' | 'nodeIds';
}

const byService: Grouping = { path: 'service', parameter: 'serviceIds' };
const byNode: Grouping = { path: 'node', parameter: 'nodeIds' };

/** Room for `&pageNum=…&pageSize=…` in a URL. */
const pagingLength = 40;

/** {@link ContainersClient} over HTTP. */
export function restContainers(rest: RestClient, lists: Lists, maxUrlLength: number): ContainersClient {
  const request = ({ path }: Grouping, filter: ContainerFilter) =>
    rest.get().resource('container', path).param('key', filter.name);
  const listSpec = (
    grouping: Grouping,
    ids: readonly string[],
    filter: ContainerFilter = {},
  ): ListSpec<ContainerRow> => ({
    list: `GET /container/${grouping.path}`,
    row: containerRow,
    keyOf: (row) => row.taskId,
    nameOf: (row) => row.name,
    request: () => {
      const call = request(grouping, filter).param(grouping.parameter, ids).require(grouping.parameter, ids);
      for (const id of ids) call.require('an id', id);
      return call.atMost(maxUrlLength, `use the call that splits the ${ids.length} ids over several requests`);
    },
  });
  const split = (grouping: Grouping, ids: readonly string[], filter: ContainerFilter = {}) =>
    splitIds(ids, grouping.parameter, maxUrlLength - request(grouping, filter).url.length - pagingLength);
  const historySpec = (taskId: string): ListSpec<ActionHistoryRow> => ({
    list: 'GET /container/action/history',
    row: actionHistoryRow,
    request: () =>
      rest.get().resource('container', 'action', 'history').param('id', taskId).require('the task id', taskId),
  });

  async function* all(
    grouping: Grouping,
    ids: readonly string[],
    filter: ContainerFilter | undefined,
    options: ListOptions | undefined,
  ): AsyncGenerator<ContainerRow, void, undefined> {
    for (const part of split(grouping, ids, filter)) yield* lists.all(listSpec(grouping, part, filter), options);
  }

  async function listNodeIds(options: ListOptions): Promise<readonly string[]> {
    const nodes: ListSpec<{ readonly id: string }> = {
      list: 'GET /node',
      row: nodeRow,
      keyOf: (row) => row.id,
      request: () => rest.get().resource('node').param('basicInfo', true),
    };
    return (await collect(lists.all(nodes, options))).map((node) => node.id);
  }

  /** The grouping that needs fewer requests. Their pages are the same number, so the number of URLs decides. */
  async function cheapest(
    options: AllContainersOptions,
  ): Promise<{ readonly grouping: Grouping; readonly ids: readonly string[] }> {
    const { serviceIds } = options;
    const serviceUrls = serviceIds === undefined ? Infinity : split(byService, serviceIds, options).length;
    // Listing the nodes takes a request as well.
    if (serviceIds !== undefined && serviceUrls <= (options.nodeIds === undefined ? 2 : 1)) {
      return { grouping: byService, ids: serviceIds };
    }
    const nodeIds = options.nodeIds ?? (await listNodeIds(options));
    return serviceIds !== undefined && serviceUrls < split(byNode, nodeIds, options).length
      ? { grouping: byService, ids: serviceIds }
      : { grouping: byNode, ids: nodeIds };
  }

  async function* ofAllServices(options: AllContainersOptions = {}): AsyncGenerator<ContainerRow, void, undefined> {
    const { grouping, ids } = await cheapest(options);
    for await (const row of all(grouping, ids, options, options)) {
      if (row.serviceId !== '') yield row;
    }
  }

  return {
    listByServices: (ids, filter, options) => lists.page(listSpec(byService, ids, filter), options),
    allByServices: (ids, filter, options) => all(byService, ids, filter, options),
    listByNodes: (ids, filter, options) => lists.page(listSpec(byNode, ids, filter), options),
    allByNodes: (ids, filter, options) => all(byNode, ids, filter, options),
    ofAllServices,
    get: async (taskId, options) =>
      (await rest.get().resource('container').name(taskId, reserved).options(options).do()).into(containerRow),
    findByName: async (name, options = {}) => {
      const found = await collect(ofAllServices({ ...options, name }));
      return found.filter((row) => row.name === name);
    },
    history: (taskId, options) => lists.page(historySpec(taskId), options),
    allHistory: (taskId, options) => lists.all(historySpec(taskId), options),
    act: async (action, containerName, options) => {
      // The field is called `id` and means the name.
      const call = rest.put().resource('container').body({ id: containerName, action }).options(options);
      if (repeatableActions.includes(action)) call.repeatable();
      return (await call.require('the container name', containerName).do()).into(transaction);
    },
    actOnService: async (action, serviceId, options) => {
      const call = rest.put().resource('service', 'container').body({ serviceId, action }).options(options);
      if (repeatableActions.includes(action)) call.repeatable();
      return (await call.require('the service id', serviceId).do()).into(transaction);
    },
  };
}
