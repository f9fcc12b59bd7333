import type { ConfigMapsClient } from './configmaps-client.js';
import type { ContainersClient } from './containers-client.js';
import type { ImagesClient, RegistriesClient } from './images-client.js';
import type { MicroServicesClient } from './micro-services-client.js';
import type { NodesClient } from './nodes-client.js';
import type { OverviewClient } from './overview-client.js';
import type { RecordsClient } from './records-client.js';
import type { ServicesClient } from './services-client.js';
import type { TemplatesClient } from './templates-client.js';

/**
 * The ECSM platform, one client for each of its resources.
 *
 * Depend on this interface (or on one of its members) rather than on an implementation, so that tests can bring
 * `FakeClientset` from `@ecsm/ecsm-client/testing`.
 */
export interface Clientset extends AsyncDisposable {
  readonly services: ServicesClient;
  readonly containers: ContainersClient;
  readonly nodes: NodesClient;
  readonly images: ImagesClient;
  readonly registries: RegistriesClient;
  readonly templates: TemplatesClient;
  readonly records: RecordsClient;
  readonly configMaps: ConfigMapsClient;
  readonly microServices: MicroServicesClient;
  readonly overview: OverviewClient;
  /** Ends what is in flight and closes the connections. Calling it again does nothing. */
  close(): Promise<void>;
}
