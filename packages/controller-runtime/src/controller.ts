import type { ObjectKey } from '@ecsm/api-types';
import type { WorkQueueSnapshot } from '@ecsm/workqueue';

import type { Trigger } from './sources/trigger.js';

/** A controller of a manager, as its program sees it. */
export interface Controller {
  readonly name: string;
  /** Whether its sources have told all that exists, so that runs happen. */
  readonly isSynced: boolean;
  /**
   * Asks for a run of a key. Before the start it is kept; after the stop it does nothing.
   *
   * @throws TypeError for what is no key, RangeError for a priority or delay that makes no sense
   */
  trigger(key: ObjectKey | Trigger): void;
  /**
   * Changes how many runs may go on at the same time, from now on. Runs that go on are not disturbed by a lower number.
   *
   * @throws RangeError when it is not a whole number from 1
   */
  setConcurrency(concurrency: number): void;
  /** Lists the keys that wait, wait for their time, or run, for people who look into a running program. */
  inspect(options?: { readonly limit?: number }): WorkQueueSnapshot<string>;
}
