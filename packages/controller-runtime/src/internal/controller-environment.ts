import type { Clock, ResourceClients } from '@ecsm/api-types';

import type { EventRecorder } from '../events/event-recorder.js';
import type { Logger } from '../logger.js';
import type { Meter } from '../metrics/meter.js';
import type { RunRecord } from '../run/run-record.js';
import type { InformerPool } from './informer-pool.js';
import type { LoopMonitor } from './loop-monitor.js';
import type { RunAttribution } from './run-attribution.js';
import type { Tracing } from './traced.js';

/** What a manager shares with its controllers. */
export interface ControllerEnvironment {
  readonly clients: ResourceClients;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Meter;
  readonly events: EventRecorder;
  readonly informers: InformerPool;
  readonly tracing: Tracing | undefined;
  readonly attribution: RunAttribution | undefined;
  readonly loopMonitor: LoopMonitor | undefined;
  readonly onRun: ((record: RunRecord) => void) | undefined;
  /** Ends the manager with this error. */
  onFatal(error: unknown): void;
}
