import type { ImageConfig } from './image-config.js';
import type { OpenString } from './open-string.js';
import type { PageQuery } from './page.js';

/** How a service is spread: `static` on every node named, `dynamic` with `factor` instances among them. */
export const servicePolicies = ['static', 'dynamic'] as const;
/** One of {@link servicePolicies}. */
export type ServicePolicy = (typeof servicePolicies)[number];

/** What happens on deployment: `run` creates and starts, `load` creates only. */
export const serviceImageActions = ['load', 'run'] as const;
/** One of {@link serviceImageActions}. */
export type ServiceImageAction = (typeof serviceImageActions)[number];

/** When the image is pulled. */
export const pullPolicies = ['IfNotPresent', 'Always', 'Never'] as const;
/** One of {@link pullPolicies}. */
export type PullPolicy = (typeof pullPolicies)[number];

/** Whether the platform redeploys by itself when a newer image of the same name appears. */
export const autoUpgrades = ['Never', 'Larger', 'Always'] as const;
/** One of {@link autoUpgrades}. */
export type AutoUpgrade = (typeof autoUpgrades)[number];

/** Verbs of `POST /service/:action/ids` and `POST /service/:action/path-label`; `destroy` deletes. */
export const serviceActions = ['start', 'stop', 'restart', 'pause', 'unpause', 'destroy'] as const;
/** One of {@link serviceActions}. */
export type ServiceAction = (typeof serviceActions)[number];

/** The VSOA server of a service and its health check. Times are milliseconds. */
export interface VsoaSettings {
  /** Never log it. */
  readonly password?: string;
  /** Port on the node; 0 or absent lets the platform choose. */
  readonly port?: number;
  readonly healthPath?: string;
  /** Milliseconds. */
  readonly healthTimeout?: number;
  readonly healthRetries?: number;
  /** Milliseconds. */
  readonly healthStartPeriod?: number;
  /** Milliseconds. */
  readonly healthInterval?: number;
  readonly livenessProbe?: boolean;
}

/** The image part of a service. */
export interface ServiceImage {
  /** `name@tag#os`. */
  readonly ref: string;
  readonly action: ServiceImageAction;
  readonly config: ImageConfig;
  readonly vsoa?: VsoaSettings;
  /** @defaultValue `Always` for the tag `latest`, else `IfNotPresent` */
  readonly pullPolicy?: PullPolicy;
  readonly autoUpgrade?: AutoUpgrade;
}

/** Where a service may run: node names, not ids. */
export interface ServiceNodes {
  readonly names: readonly string[];
}

/** Body of `POST /service`. */
export interface CreateServiceRequest {
  /** Unique. */
  readonly name: string;
  readonly image: ServiceImage;
  readonly node: ServiceNodes;
  /** Number of instances; for `dynamic` only. */
  readonly factor?: number;
  /** @defaultValue `static` */
  readonly policy?: ServicePolicy;
  /**
   * Whether all nodes get the image at once, so that a failover is faster.
   *
   * @defaultValue `false`
   */
  readonly prepull?: boolean;
}

/** Body of `PUT /service`: a full replacement, with the id in the body and without `prepull`. */
export interface UpdateServiceRequest extends Omit<CreateServiceRequest, 'prepull'> {
  readonly id: string;
}

/** `data` of `POST /service` and `PUT /service`. */
export interface ServiceWriteData {
  readonly id: string;
  /** Ids of the containers; which of the two kinds of id is unknown. */
  readonly containers: readonly string[];
}

/** Query of `GET /service`. */
export interface ServiceListQuery extends PageQuery {
  /** Part of the name. */
  readonly name?: string;
  /** Id of an image, not of a service. */
  readonly id?: string;
  readonly nodeId?: string;
  /** Part of the path label. */
  readonly label?: string;
}

/** Words seen in a service's `status`. `stopped` rests on one weak source. */
export const serviceStatuses = ['complete', 'deploying', 'stopped'] as const;
/** One of {@link serviceStatuses}, or a word no source mentions. */
export type ServiceStatus = OpenString<(typeof serviceStatuses)[number]>;

/** An instance of a service that failed. */
export interface ServiceErrorInstance {
  readonly containerId: string;
  readonly nodeId: string;
  readonly nodeName: string;
  /** Documented as text; one program expected a boolean. */
  readonly status: string | boolean;
  readonly message: string;
}

/** A node of a service. */
export interface ServiceNode {
  readonly nodeId: string;
  readonly nodeName: string;
  /** `ip:port` of the node's ECSD. */
  readonly address: string;
}

/** A row of `GET /service`. */
export interface ServiceRow {
  readonly id: string;
  readonly name: string;
  readonly status: ServiceStatus;
  /** `YYYY-MM-DD HH:mm:ss` without a zone: never compare it with a local clock. */
  readonly createdTime: string;
  /** `YYYY-MM-DD HH:mm:ss` without a zone: never compare it with a local clock. */
  readonly updatedTime: string;
  readonly imageList: readonly { readonly name: string; readonly os: string; readonly tag: string }[];
  readonly nodeList: readonly ServiceNode[];
  /** Words such as `running`, in either case. */
  readonly containerStatusGroup: readonly string[];
  /** Desired instances. */
  readonly factor: number;
  readonly policy: OpenString<ServicePolicy>;
  /** Failed instances (singular on the wire). */
  readonly errorInstance?: readonly ServiceErrorInstance[];
  /** Instances up and running. */
  readonly instanceOnline: number;
  /** Sources disagree whether it overlaps with {@link ServiceRow.instanceOnline}, and whether rows have it. */
  readonly instanceActive?: number;
  readonly defaultLabels?: readonly unknown[];
  readonly pathLabel?: string;
}

/** `data` of `GET /service/:id`. */
export interface ServiceDetail {
  readonly id: string;
  readonly name: string;
  readonly status: ServiceStatus;
  readonly containerStatusGroup: readonly string[];
  readonly healthy: boolean;
  readonly factor: number;
  readonly policy: OpenString<ServicePolicy>;
  readonly instanceOnline: number;
  readonly instanceActive: number;
  /** `YYYY-MM-DD HH:mm:ss` without a zone: never compare it with a local clock. */
  readonly createdTime: string;
  /** `YYYY-MM-DD HH:mm:ss` without a zone: never compare it with a local clock. */
  readonly updatedTime: string;
  readonly image: ServiceImage;
  readonly node?: ServiceNodes;
  readonly nodeList: readonly ServiceNode[];
}

/** `data` of `DELETE /service/:id`. The containers vanish later. */
export interface DeleteServiceData {
  readonly transactionId: string;
}

/** Body of `POST /service/:action/ids`. */
export interface ServiceActionRequest {
  readonly ids: readonly string[];
}

/** `data` of `POST /service/:action/ids`: programs disagree, so both forms are accepted. */
export type ServiceActionData = { readonly ids: readonly string[] } | readonly string[];

/** Body of `POST /service/:action/path-label` and of `DELETE /service/path`. */
export interface ServicePathRequest {
  readonly path: string;
}

/** Body of `POST /service/run/templates-path-label` and `POST /service/load/templates-path-label`. */
export interface DeployTemplatesRequest {
  readonly paths: readonly string[];
  readonly force?: boolean;
}

/** A row of `data` of `DELETE /service/path`. */
export interface DeleteByPathRow {
  readonly provisionId: string;
  readonly result: OpenString<'ok'>;
  readonly transactionId?: string;
  readonly error?: unknown;
}

/** Body of `PUT /service/rollback`. */
export interface RollbackServiceRequest {
  readonly id: string;
  readonly recordId: string;
}

/** `data` of `GET /service/summary`. */
export interface ServiceSummary {
  readonly total: number;
  readonly health: number;
}
