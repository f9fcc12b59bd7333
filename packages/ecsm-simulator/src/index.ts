// The server
export { Simulator } from './simulator.js';
export type { SimulatorOptions } from './simulator.js';

// The cluster behind it
export { Cluster } from './cluster/cluster.js';
export type { ClusterOptions } from './cluster/cluster.js';
export { clusterEventKinds } from './cluster/cluster-event.js';
export type { ClusterEvent, ClusterEventKind } from './cluster/cluster-event.js';
export { PlatformError } from './cluster/platform-error.js';
export { nodeLosses } from './cluster/nodes.js';
export type { NodeLoss } from './cluster/nodes.js';

// What it is made of
export { operatingSystems } from './spec/cluster-spec.js';
export type {
  ClusterSpec,
  ImageBehaviour,
  ImageSpec,
  Load,
  LoadWave,
  NodeSpec,
  OperatingSystem,
  RegistrySpec,
  ServiceSpec,
} from './spec/cluster-spec.js';
export { defaultCluster } from './spec/default-cluster.js';
export { defaultSettings } from './settings.js';
export type { PlatformSettings } from './settings.js';
