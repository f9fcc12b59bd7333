import type { OpenString } from './open-string.js';
import type { PageQuery } from './page.js';

/** Words seen in a container's `status` on the container calls. */
export const containerStatuses = ['running', 'created', 'paused', 'exited'] as const;
/** One of {@link containerStatuses}, or a word no source mentions. */
export type ContainerStatus = OpenString<(typeof containerStatuses)[number]>;

/** Verbs of `PUT /container` and `PUT /service/container`. */
export const containerActions = ['start', 'stop', 'restart', 'pause', 'unpause'] as const;
/** One of {@link containerActions}. */
export type ContainerAction = (typeof containerActions)[number];

/** A container: a row of `GET /container/service` and `GET /container/node`, and `data` of `GET /container/:taskId`. */
export interface ContainerRow {
  /** Id at the container runtime; may be empty before the container exists. */
  readonly id: string;
  /** Id of the deployment slot: the key for reading one container and its history. */
  readonly taskId: string;
  readonly name: string;
  readonly status: ContainerStatus;
  /** Seconds. */
  readonly uptime?: number;
  readonly startedTime?: string;
  readonly createdTime?: string;
  readonly taskCreatedTime?: string;
  /** The word while deployment is in progress is unknown. */
  readonly deployStatus?: OpenString<'success' | 'failure'>;
  readonly failedMessage?: string | null;
  /** Grows when the container crashes; when it is reset is unknown. */
  readonly restartCnt?: number;
  readonly deployNum?: number;
  /** Figures are absent where the platform has none; that is not zero. */
  readonly cpuUsage?: {
    /** Percent. */
    readonly total: number;
    /** Percent for each core. */
    readonly cores: readonly number[];
  };
  /** Bytes. */
  readonly memoryLimit?: number;
  /** Bytes. */
  readonly memoryUsage?: number;
  /** Bytes. */
  readonly memoryMaxUsage?: number;
  /** Bytes. */
  readonly sizeUsage?: number;
  /** Bytes. */
  readonly sizeLimit?: number;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly nodeId: string;
  /** `ip:port` of the node's ECSD. */
  readonly address?: string;
  readonly nodeName: string;
  readonly nodeArch?: string;
  readonly imageId?: string;
  readonly imageName?: string;
  readonly imageVersion?: string;
  readonly imageOS?: string;
  readonly imageArch?: string;
}

/** Query of `GET /container/service`. */
export interface ContainersByServiceQuery extends PageQuery {
  /** Sent as `serviceIds[]=a&serviceIds[]=b`. */
  readonly serviceIds: readonly string[];
  /** Part of the name. */
  readonly key?: string;
}

/** Query of `GET /container/node`. */
export interface ContainersByNodeQuery extends PageQuery {
  /** Sent as `nodeIds[]=a&nodeIds[]=b`. */
  readonly nodeIds: readonly string[];
  /** Part of the name. */
  readonly key?: string;
}

/** Query of `GET /container/action/history`. */
export interface ActionHistoryQuery extends PageQuery {
  /** Task id of the container. */
  readonly id: string;
}

/** A row of `GET /container/action/history`. */
export interface ActionHistoryRow {
  /** The task id again; rows have no id of their own. */
  readonly id: string;
  /** The verb, such as `stop`. */
  readonly cmd: string;
  readonly user: string;
  readonly time: string;
}

/** Body of `PUT /container`. */
export interface ContainerActionRequest {
  /** The NAME of the container, in spite of the field's name. */
  readonly id: string;
  readonly action: ContainerAction;
}

/** Body of `PUT /service/container`: acts on all containers of a service. */
export interface ServiceContainersActionRequest {
  readonly serviceId: string;
  readonly action: ContainerAction;
}
