import { formatKey, systemClock, type Clock, type ObjectKey } from '@ecsm/api-types';
import type { Action } from '@ecsm/planner';

/** As many times the same within this time, and somebody else wants it otherwise: milliseconds. */
const windowMs = 600_000;
const repeats = 3;
/** How many kinds of actions are remembered. */
const remembered = 1000;

/**
 * Notices that what is done to the platform is undone again and again: by a person, a script, or a second operator of the
 * same id with a registry of its own.
 */
export class Contest {
  readonly #clock: Clock;
  readonly #done = new Map<string, number[]>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Notes an action; tells whether it is the one too many. */
  note(key: ObjectKey, action: Action): boolean {
    // Instances that crash are set going again and again, and nobody else need be to blame.
    if (action.type === 'act' || (action.type === 'update' && action.cause !== 'DriftCorrected')) return false;
    const id = [formatKey(key), action.type, action.name].join(' ');
    const now = this.#clock.monotonicNow();
    const times = [...(this.#done.get(id) ?? []).filter((at) => now - at < windowMs), now];
    this.#done.delete(id);
    this.#done.set(id, times);
    if (this.#done.size > remembered)
      for (const oldest of [...this.#done.keys()].slice(0, 100)) this.#done.delete(oldest);
    return times.length === repeats;
  }
}
