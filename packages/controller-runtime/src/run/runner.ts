import type { ResourceClients } from '@ecsm/api-types';

import type { EventRecorder } from '../events/event-recorder.js';
import type { Outcome } from '../outcome.js';
import type { RunContext } from '../reconciler.js';
import type { Run } from './run.js';

/** What runners work with. */
export interface RunnerEnvironment {
  readonly clients: ResourceClients;
  readonly events: EventRecorder;
}

/** Does one run of a key. */
export interface Runner {
  /** @throws whatever the run failed with */
  run(run: Run): Promise<Outcome>;
  /** Tells that the key is given up after this error. */
  giveUp(error: unknown, context: RunContext): Promise<void>;
}
