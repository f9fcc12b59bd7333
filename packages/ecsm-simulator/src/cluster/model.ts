import type {
  ConfigMapType,
  LoadBalance,
  LoadBalanceDetail,
  ServiceImage,
  ServicePolicy,
  TemplateKind,
  TemplateSpec,
} from '@ecsm/ecsm-client';

import type { ContainerProcess } from '../runtime/container-runtime.js';
import type { ImageBehaviour, Load, OperatingSystem } from '../spec/cluster-spec.js';
import type { ImageRef } from './image-ref.js';
import type { Scheduled } from './timeline.js';

/** A pull of one image onto one node, shared by everything that waits for it. */
export interface Pull {
  readonly ref: string;
  readonly digest: string;
  /** Absent while the node is down. */
  timer: Scheduled | undefined;
}

/** A node, as it is and as the platform believes it to be. */
export interface ClusterNode {
  readonly id: string;
  name: string;
  /** `ip:port` of its ECSD. */
  address: string;
  password: string;
  tls: boolean;
  /** The type the platform knows. */
  os: OperatingSystem;
  /** The type the node really has; the platform learns it by a refresh. */
  realOs: OperatingSystem;
  readonly arch: string;
  readonly createdMs: number;
  readonly memoryMB: number;
  readonly diskMB: number;
  readonly cpuCores: number;
  readonly foreignContainers: number;
  /** How things really are: `off` has no running containers, `unreachable` runs on unseen. */
  link: 'up' | 'off' | 'unreachable';
  /** What the platform believes. */
  status: 'online' | 'offline';
  bootedMs: number;
  /** Digests of the images on the node, by reference. */
  readonly images: Map<string, string>;
  readonly pulls: Map<string, Pull>;
  /** Everything deployed here, ghosts included. */
  readonly tasks: Set<Task>;
  /** Reserved by the tasks here. */
  memoryUsedMB: number;
  /** Reserved by the tasks here and taken by images. */
  diskUsedMB: number;
  /** Host ports of VSOA services. */
  readonly ports: Set<number>;
  /** End of the boot under way. */
  boot: Scheduled | undefined;
  /** The platform's next step after the node fell silent. */
  watch: Scheduled | undefined;
  watchFor: 'detection' | 'migration';
}

/** An image in a registry. */
export interface Image extends ImageRef {
  readonly id: string;
  readonly ref: string;
  readonly registryId: string;
  readonly arch: string;
  readonly sizeMB: number;
  readonly pullMs: number;
  readonly author: string | null;
  readonly description: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly behaviour: ImageBehaviour;
  /** Changes when the same reference is pushed again. */
  readonly digest: string;
  readonly createdMs: number;
}

/** A service as the platform stores it. */
export interface Service {
  readonly id: string;
  name: string;
  /** The image part exactly as it was sent. */
  image: ServiceImage;
  ref: ImageRef;
  nodeNames: readonly string[];
  /** As sent; what it means is settled by policy and settings. */
  factor: number | undefined;
  policy: ServicePolicy;
  prepull: boolean;
  pathLabel: string;
  readonly createdMs: number;
  updatedMs: number;
  /** Instances, oldest first. */
  readonly tasks: Set<Task>;
  /** What the last service-wide command wanted. */
  wanted: 'running' | 'stopped';
  deleting: boolean;
  load: Load;
  /** Work it has to do together with other services. */
  sharedLoad: SharedLoad | undefined;
  loadBalance: LoadBalance;
  loadBalanceDetail: readonly LoadBalanceDetail[] | undefined;
  /** Oldest first. */
  readonly records: DeploymentRecord[];
}

/** Work for all services whose names begin alike, those still to come included. */
export interface SharedLoad {
  readonly prefix: string;
  load: Load;
  readonly services: Set<Service>;
}

/** Where an instance is in its life. */
export type TaskPhase =
  /** Waits for the image on the node, or for a silent node to time out. */
  | 'pulling'
  /** The container is being created. */
  | 'creating'
  /** Created and never started. */
  | 'created'
  | 'starting'
  | 'running'
  | 'paused'
  /** On the way to {@link Task.afterStop}. */
  | 'stopping'
  /** Ended, by command or for good. */
  | 'exited'
  /** Ended by itself; starts again when its timer is due. */
  | 'backoff'
  /** The deployment failed; {@link Task.failedMessage} says why. */
  | 'failed';

/** What follows when a container has stopped. */
export type AfterStop = 'stay' | 'start' | 'redeploy' | 'remove';

/** One instance of a service: the deployment slot and the container in it. */
export interface Task {
  readonly id: string;
  readonly service: Service;
  readonly node: ClusterNode;
  readonly createdMs: number;
  phase: TaskPhase;
  afterStop: AfterStop;
  /** The one thing that happens next by itself. */
  timer: Scheduled | undefined;
  /** Whether it waits for a pull on its node. */
  waitsForPull: boolean;
  wanted: 'running' | 'stopped' | 'paused';
  deployStatus: 'deploying' | 'success' | 'failure';
  failedMessage: string | null;
  /** The platform tries again by itself when the node (or any node of the pool) comes back. */
  retryOnReturn: boolean;
  deployNum: number;
  /** Empty before the container exists. */
  containerId: string;
  containerName: string;
  containerCreatedMs: number;
  startedMs: number;
  /** Image in the container; the service's may be newer while a redeployment is under way. */
  ref: ImageRef;
  digest: string;
  restartCount: number;
  /** Deaths in a row, for the pause before the next start. */
  deaths: number;
  exitCode: number | undefined;
  health: 'unknown' | 'healthy' | 'unhealthy';
  /** Made to fail its health check by the control interface. */
  sick: boolean;
  healthTimer: Scheduled | undefined;
  memoryMB: number;
  diskMB: number;
  /** Whether memory, disk and port are reserved on the node. */
  reserved: boolean;
  vsoaPort: number;
  /** Replaced elsewhere or deleted while its node was away: no longer an instance, still on the node. */
  ghost: 'none' | 'migrated' | 'deleted';
  readonly history: { readonly cmd: string; readonly atMs: number }[];
  process: ContainerProcess | undefined;
}

/** A snapshot of a service at a deployment. */
export interface DeploymentRecord {
  readonly id: string;
  readonly createdMs: number;
  readonly name: string;
  readonly image: ServiceImage;
  readonly nodeNames: readonly string[];
  readonly factor: number | undefined;
  readonly policy: ServicePolicy;
}

/** A folder or a service definition in the template tree. */
export interface TemplateEntry {
  readonly id: string;
  /** Full path, such as `/plant/web`. */
  path: string;
  readonly kind: TemplateKind;
  spec: TemplateSpec | undefined;
  readonly createdMs: number;
  updatedMs: number;
}

/** A configuration item. */
export interface ConfigItem {
  readonly id: string;
  key: string;
  type: ConfigMapType;
  value: unknown;
}

/** A registry, the built-in one included. */
export interface Registry {
  readonly id: string;
  readonly name: string;
}
