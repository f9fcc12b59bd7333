import type { ObjectKey } from '@ecsm/api-types';

import type { Outcome } from '../outcome.js';
import type { Cause } from '../sources/trigger.js';

/** What became of one run. */
export interface RunRecord {
  readonly controller: string;
  readonly key: ObjectKey;
  readonly attempt: number;
  readonly causes: readonly Cause[];
  /** When it began, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** What it returned; absent when it failed. */
  readonly outcome?: Outcome;
  /** What it threw; anything can be thrown. */
  readonly error?: unknown;
}
