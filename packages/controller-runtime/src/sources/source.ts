import type { Clock, ObjectKey, ResourceClients } from '@ecsm/api-types';

import type { InformerPool } from '../internal/informer-pool.js';
import type { Logger } from '../logger.js';
import type { Cause } from './trigger.js';

/** What a source works with, and where its keys go. */
export interface SourceEnvironment {
  /** Name of the controller. */
  readonly controller: string;
  readonly clients: ResourceClients;
  readonly informers: InformerPool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly resyncPeriodMs: number;
  /** How long one step may take, in milliseconds; 0 sets no limit. */
  readonly timeoutMs: number;
  enqueue(key: ObjectKey, cause: Cause, options?: { readonly priority?: number; readonly afterMs?: number }): void;
}

/** Something that tells a controller which keys to run. */
export interface Source {
  readonly name: string;
  /**
   * Begins to tell. Resolves when everything that exists has been told, so that runs may begin.
   *
   * @throws whatever keeps the source from working at all; passing troubles are retried within
   */
  start(signal: AbortSignal): Promise<void>;
  /** Ends the source and waits for what it is doing; also before or during `start`. */
  stop(): Promise<void>;
}

/** Makes a source anew for every start of its controller. */
export type SourceFactory = (environment: SourceEnvironment) => Source;
