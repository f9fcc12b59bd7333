import { formatKey } from '@ecsm/api-types';
import type { RunRecord } from '@ecsm/controller-runtime';

import { messageLine } from '../internal/message-line.js';

/** One run, in words for people. */
export interface RecentRun {
  readonly controller: string;
  readonly object: string;
  readonly attempt: number;
  readonly causes: readonly string[];
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: string;
}

/** How many are kept; with their causes a few hundred bytes each. */
const kept = 100;
/** Causes named of one run. */
const causesNamed = 5;

/** Remembers the last runs, for a look into a running program. */
export class RecentRuns {
  readonly #records: RunRecord[] = [];

  /** Takes a run that has ended. */
  add(record: RunRecord): void {
    this.#records.push(record);
    if (this.#records.length > kept) this.#records.shift();
  }

  /** The last runs, newest first. */
  list(): readonly RecentRun[] {
    return this.#records.toReversed().map((record) => ({
      controller: record.controller,
      object: formatKey(record.key),
      attempt: record.attempt,
      causes: record.causes.slice(0, causesNamed).map(describeCause),
      startedAt: new Date(record.startedAt).toISOString(),
      durationMs: Math.round(record.durationMs * 1000) / 1000,
      outcome: record.error === undefined ? (record.outcome?.type ?? 'done') : `failed: ${messageLine(record.error)}`,
    }));
  }
}

function describeCause(cause: RunRecord['causes'][number]): string {
  return typeof cause === 'string' ? cause : JSON.stringify(cause);
}
