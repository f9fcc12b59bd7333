import type { OpenString } from './open-string.js';
import type { PageQuery } from './page.js';

/** Words seen in a node's `status`. */
export const nodeStatuses = ['online', 'offline'] as const;
/** One of {@link nodeStatuses}, or a word no source mentions. */
export type NodeStatusWord = OpenString<(typeof nodeStatuses)[number]>;

/** Body of `POST /node`. The answer carries no id: look the node up by name afterwards. */
export interface RegisterNodeRequest {
  /** `ip:port` of the node's ECSD. */
  readonly address: string;
  /** Unique. */
  readonly name: string;
  /** Password of the node's ECSD. */
  readonly password: string;
  /** Whether the link to ECSD is encrypted. */
  readonly tls?: boolean;
}

/** Body of `PUT /node`: a full replacement, with the id in the body. */
export interface UpdateNodeRequest {
  readonly id: string;
  /** `ip:port` of the node's ECSD. */
  readonly address: string;
  readonly name: string;
  readonly password: string;
  readonly tls: boolean;
}

/** A node that was not deleted because services run on it. */
export interface NodeDeleteConflict {
  readonly id: string;
  readonly name: string;
  /** The services in the way. */
  readonly serves: readonly { readonly id: string; readonly name: string }[];
}

/** `data` of `DELETE /node`: one word, or what is in the way; both come with envelope status 200. */
export type DeleteNodesData = 'success' | readonly NodeDeleteConflict[];

/** Query of `GET /node`. */
export interface NodeListQuery extends PageQuery {
  /** Part of the name. */
  readonly name?: string;
  /** `true` leaves out the run-time figures. */
  readonly basicInfo?: boolean;
}

/** A row of `GET /node`. */
export interface NodeRow {
  readonly id: string;
  /** `ip:port` of the node's ECSD. */
  readonly address: string;
  readonly name: string;
  /** Sent in clear text: never log it. */
  readonly password?: string;
  readonly status: NodeStatusWord;
  /** Kind of operating system, such as `SylixOS` or `linux` (the case varies). */
  readonly type: string;
  readonly tls: boolean;
  /** Containers on the node, whoever made them. */
  readonly containerTotal?: number;
  readonly containerRunning?: number;
  /** Containers on the node that ECSM manages. */
  readonly containerEcsmTotal?: number;
  readonly containerEcsmRunning?: number;
  /** Seconds; note the capital T, unlike {@link NodeStatus.uptime}. */
  readonly upTime?: number;
  readonly createdTime: string;
  readonly arch: string;
}

/** `data` of `GET /node/:id`. It does not tell whether the node is online. */
export interface NodeDetail {
  readonly id: string;
  /** `ip:port` of the node's ECSD. */
  readonly address: string;
  readonly name: string;
  /** Sent in clear text: never log it. */
  readonly password?: string;
  readonly tls: boolean;
  readonly type: string;
  readonly createdTime: string;
  readonly arch: string;
  readonly ecsdVersion: string;
}

/** `data` of `GET /node/name/:name`: the address comes in two parts, `tls` as a number. */
export interface NodeByNameData {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly name: string;
  /** Sent in clear text: never log it. */
  readonly password?: string;
  /** 0 or 1. */
  readonly tls: number;
  readonly type: string;
  readonly createdTime: string;
  readonly arch: string;
}

/** Traffic of one network interface; unit unknown. */
export interface NodeNetworkUsage {
  readonly networkName: string;
  readonly upNet: number;
  readonly downNet: number;
}

/** A row of `GET /node/status`: what the node does at the moment. */
export interface NodeStatus {
  readonly id: string;
  readonly status: NodeStatusWord;
  /** Bytes. */
  readonly memoryTotal?: number;
  /** Bytes. */
  readonly memoryFree?: number;
  /** Unit unknown: use the ratio to {@link NodeStatus.diskFree} only. */
  readonly diskTotal?: number;
  readonly diskFree?: number;
  /** Figures are absent where the platform has none, as for an offline node; that is not zero. */
  readonly cpuUsage?: {
    /** Percent. */
    readonly total: number;
    /** Percent for each core. */
    readonly cores: readonly number[];
    readonly measureTime?: number;
  };
  /** Seconds. */
  readonly uptime?: number;
  readonly processCount?: number;
  readonly containerTotal?: number;
  readonly containerRunning?: number;
  readonly containerEcsmTotal?: number;
  readonly containerEcsmRunning?: number;
  readonly net?: readonly NodeNetworkUsage[];
  readonly time?: {
    readonly current: number;
    readonly uptime: number;
    readonly timezone: string | number;
    readonly timezoneName: string;
    readonly date: string;
  };
}

/** `data` of `GET /node/status`. */
export interface NodeStatusData {
  readonly nodes: readonly NodeStatus[];
}

/** A row of `GET /node/type/check`: a node whose type is changing or has changed. */
export interface NodeTypeChange {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly name: string;
  readonly type: string;
  readonly newType: string;
}
