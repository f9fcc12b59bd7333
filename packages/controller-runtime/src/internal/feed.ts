import type { ApiObject, ListWatch } from '@ecsm/api-types';
import type { EventHandler, HandlerRegistration, InformerEvent } from '@ecsm/informer';

/** Which part of a kind a source follows, and what it needs of it. */
export interface FeedOptions {
  readonly labelSelector?: string | undefined;
  readonly namespace?: string | undefined;
  /** Whether the first list has to read the objects rather than their versions. */
  readonly listObjects: boolean;
  readonly resyncPeriodMs: number;
}

/** One source's share of an informer. */
export interface Feed<T extends ApiObject> {
  readonly listWatch: ListWatch<T>;
  /** Begins to receive events; the first share to do so starts the informer. */
  subscribe(handler: EventHandler<InformerEvent<T>>, name: string): HandlerRegistration;
  /** Gives the share back; the last one stops the informer. */
  release(): Promise<void>;
}
