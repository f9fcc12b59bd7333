import type { OpenString } from './open-string.js';
import type { PageQuery } from './page.js';

/** How callers are spread over the instances of a micro-service. */
export const loadBalances = ['roundRobin', 'masterSlave'] as const;
/** One of {@link loadBalances}. */
export type LoadBalance = (typeof loadBalances)[number];

/** Query of `GET /micro-service`. Programs disagree whether the name filter is called `name` or `keyWord`. */
export interface MicroServiceListQuery extends PageQuery {
  /** Part of the name. */
  readonly name?: string;
  /** Part of the name, under its other name. */
  readonly keyWord?: string;
  /** Id of an image, in spite of the field's name. */
  readonly projectId?: number | string;
  readonly nodeId?: string;
  readonly label?: string;
}

/** A row of `GET /micro-service`. */
export interface MicroServiceRow {
  readonly id: string;
  readonly name: string;
  readonly imageName: string;
  /** Healthy instances. */
  readonly healthInstance: number;
  /** Instances. */
  readonly instance: number;
  readonly loadBalance: OpenString<LoadBalance>;
}

/** A backup of a master; for `masterSlave` only. */
export interface LoadBalanceDetail {
  readonly master: string | boolean;
  /** Task id of the backup. */
  readonly id: string;
}

/** `data` of `GET /micro-service/:id`. */
export interface MicroServiceDetail extends MicroServiceRow {
  readonly boDynamic?: boolean;
  readonly loadBalanceDetail?: readonly LoadBalanceDetail[] | null;
}

/** Body of `PUT /micro-service`; `loadBalanceDetail` is required for `masterSlave` and forbidden otherwise. */
export interface UpdateMicroServiceRequest {
  readonly id: string;
  readonly loadBalance: LoadBalance;
  readonly loadBalanceDetail?: readonly LoadBalanceDetail[];
}

/** Query of `GET /micro-service/instance`; page -1 means all rows. */
export interface MicroServiceInstanceQuery extends PageQuery {
  /** The NAME of the service, in spite of the field's name. */
  readonly id: string;
  readonly keyWord?: string;
}

/** A row of `GET /micro-service/instance`: where a peer reaches the instance. */
export interface MicroServiceInstanceRow {
  readonly id: string;
  readonly taskId: string;
  readonly ip: string;
  readonly vsoaPort: number;
}
