import type { PageQuery } from './page.js';

/** Types of a configuration item. */
export const configMapTypes = ['string', 'number', 'json'] as const;
/** One of {@link configMapTypes}. */
export type ConfigMapType = (typeof configMapTypes)[number];

/** Body of `POST /configmap`. The answer carries no id: list by key to learn it. */
export interface CreateConfigMapRequest {
  readonly key: string;
  readonly type: ConfigMapType;
  /** Text, a number or any JSON, as {@link CreateConfigMapRequest.type} says. */
  readonly value: unknown;
}

/** Body of `PUT /configmap`, with the id in the body. */
export interface UpdateConfigMapRequest extends CreateConfigMapRequest {
  readonly id: string;
}

/** Query of `GET /configmap`, whose `data` is a plain array in spite of the paging. */
export interface ConfigMapListQuery extends PageQuery {
  readonly key?: string;
}

/** A row of `GET /configmap`. */
export interface ConfigMapRow {
  readonly id: string;
  readonly key: string;
  readonly type: ConfigMapType;
  readonly value: unknown;
}
