// The server
export { Simulator } from './simulator.js';
export type { SimulatorOptions } from './simulator.js';

// The cluster behind it
export { Cluster } from './cluster/cluster.js';
export type { ClusterOptions } from './cluster/cluster.js';
export { clusterEventKinds } from './cluster/cluster-event.js';
export type { ClusterEvent, ClusterEventKind } from './cluster/cluster-event.js';
export type { ClusterSnapshot } from './cluster/snapshot.js';
export { clusterTable } from './cluster-table.js';
export { PlatformError } from './cluster/platform-error.js';
export { nodeLosses } from './cluster/nodes.js';
export type { NodeLoss } from './cluster/nodes.js';

// What goes wrong
export { faultKinds, faultPresetNames, faultPresets } from './faults/fault-plan.js';
export type {
  FaultFigures,
  FaultKind,
  FaultPlan,
  FaultPreset,
  FaultRule,
  FaultScript,
  OutagePattern,
} from './faults/fault-plan.js';
export type { FaultInjector, FaultVerdict } from './faults/fault-injector.js';
export type { CallCount, RequestCounter } from './request-counter.js';

// Real processes in the containers
export { ProcessRuntime } from './runtime/process-runtime.js';
export type { ProcessRuntimeOptions } from './runtime/process-runtime.js';
export type {
  ContainerCommand,
  ContainerExit,
  ContainerProcess,
  ContainerRuntime,
} from './runtime/container-runtime.js';

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
export { readClusterFile } from './spec/cluster-file.js';
export type { ClusterFile } from './spec/cluster-file.js';
export { SpecError } from './spec/spec-error.js';
export type { SpecProblem } from './spec/spec-error.js';
export { defaultCluster } from './spec/default-cluster.js';
export { assumptions } from './assumptions.js';
export type { Assumption } from './assumptions.js';
export { defaultSettings } from './settings.js';
export type { PlatformSettings } from './settings.js';
