import type { ConfigMapRow, CreateConfigMapRequest, UpdateConfigMapRequest } from '../wire/configmap.js';
import type { CallOptions } from './call-options.js';
import type { Listing } from './list.js';

/** What narrows the list of configuration items. */
export interface ConfigMapFilter {
  readonly key?: string;
}

/** Calls on configuration items: typed values under a key. */
export interface ConfigMapsClient extends Listing<ConfigMapRow, ConfigMapFilter> {
  /** Creates an item. The platform answers without an id: list by key afterwards. */
  create(request: CreateConfigMapRequest, options?: CallOptions): Promise<void>;
  /** Replaces an item. */
  update(request: UpdateConfigMapRequest, options?: CallOptions): Promise<void>;
  /** Deletes an item. */
  delete(id: string, options?: CallOptions): Promise<void>;
  /** The bare value under a key. */
  value(key: string, options?: CallOptions): Promise<unknown>;
}
