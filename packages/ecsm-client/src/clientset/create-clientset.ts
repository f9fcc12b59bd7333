import { Lists } from '../internal/lists.js';
import { RestClient } from '../rest/rest-client.js';
import type { RestClientOptions } from '../rest/rest-client-options.js';
import type { Clientset } from './clientset.js';
import type { BadRow } from './list.js';
import { restConfigMaps } from './rest-configmaps.js';
import { restContainers } from './rest-containers.js';
import { restImages, restRegistries } from './rest-images.js';
import { restMicroServices } from './rest-micro-services.js';
import { restNodes } from './rest-nodes.js';
import { restOverview } from './rest-overview.js';
import { restRecords } from './rest-records.js';
import { restServices } from './rest-services.js';
import { restTemplates } from './rest-templates.js';

/** Options of {@link createClientset}; all but `baseUrl` may be left out. */
export interface ClientsetOptions extends RestClientOptions {
  /**
   * Rows asked for in one request of a list.
   *
   * @defaultValue 100
   */
  readonly pageSize?: number;
  /**
   * Longest URL in characters; longer lists of ids are split over several requests.
   *
   * @defaultValue 2000
   */
  readonly maxUrlLength?: number;
  /** Called for every row that could not be used and was left out of a list. It must not throw. */
  readonly onBadRow?: (badRow: BadRow) => void;
}

/** A clientset that talks to a platform; `rest` reaches what it has no method for. */
export interface RestClientset extends Clientset {
  readonly rest: RestClient;
}

/**
 * Connects to an ECSM platform. Nothing is sent before the first call.
 *
 * @throws TypeError when an option cannot work
 * @example
 * ```ts
 * await using ecsm = createClientset({ baseUrl: 'http://10.0.0.5:3001' });
 * for await (const service of ecsm.services.all()) console.log(service.name, service.instanceOnline);
 * ```
 */
export function createClientset(options: ClientsetOptions): RestClientset {
  const rest = new RestClient(options);
  const { pageSize = 100, maxUrlLength = 2000, onBadRow } = options;
  if (!Number.isInteger(pageSize) || pageSize < 1)
    throw new TypeError(`pageSize is ${pageSize}; it must be at least 1`);
  const lists = new Lists({ pageSize, onBadRow });
  return {
    rest,
    services: restServices(rest, lists),
    containers: restContainers(rest, lists, maxUrlLength),
    nodes: restNodes(rest, lists, maxUrlLength),
    images: restImages(rest, lists),
    registries: restRegistries(rest, lists),
    templates: restTemplates(rest),
    records: restRecords(rest, lists),
    configMaps: restConfigMaps(rest, lists),
    microServices: restMicroServices(rest, lists),
    overview: restOverview(rest, lists),
    close: () => rest.close(),
    [Symbol.asyncDispose]: () => rest.close(),
  };
}
