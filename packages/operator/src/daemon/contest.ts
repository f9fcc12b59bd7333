import { formatKey, systemClock, type Clock, type ObjectKey } from '@ecsm/api-types';
import type { AttemptEvent } from '@ecsm/ecsm-client';
import type { Action } from '@ecsm/planner';

/** As many times the same within this time, and somebody else wants it otherwise: milliseconds. */
const windowMs = 600_000;
const repeats = 3;
/** How many different actions are remembered. */
const remembered = 1000;

interface Intention {
  readonly key: ObjectKey;
  readonly action: Action;
  /** When it was first about to be done, on the monotonic clock. */
  readonly sinceMs: number;
}

interface Repetition {
  /** Why it was done the last time. */
  readonly reason: string;
  readonly times: readonly number[];
}

/**
 * Follows what is to be done on the platform until it is done, and notices that the same is done again and again: because
 * a person, a script, or a second operator of the same id with a registry of its own undoes it, or the platform does.
 */
export class Contest {
  readonly #clock: Clock;
  readonly #onContest: (key: ObjectKey, action: Action) => void;
  readonly #intended = new Map<string, Intention>();
  /** When each was done within the window, in the order of the last times. */
  readonly #done = new Map<string, Repetition>();

  /** @param onContest - told at the third time */
  constructor(onContest: (key: ObjectKey, action: Action) => void, clock: Clock = systemClock) {
    this.#onContest = onContest;
    this.#clock = clock;
  }

  /** Notes what is about to be done; tells whether that is news, rather than another try of what has not succeeded. */
  intend(key: ObjectKey, action: Action): boolean {
    const id = idOf(key, action);
    const now = this.#clock.monotonicNow();
    const before = this.#intended.get(id);
    const isNews = before === undefined || now - before.sinceMs > windowMs;
    this.#intended.set(id, { key, action, sinceMs: isNews ? now : before.sinceMs });
    forgetOldest(this.#intended);
    return isNews;
  }

  /** Takes note of a request that has succeeded, which may be what was intended. */
  attempted({ method, url, requestBody, error }: AttemptEvent): void {
    this.#forgetExpired();
    if (error !== undefined || method === 'GET') return;
    for (const [id, { key, action }] of this.#intended) {
      if (!carriesOut(action, method, url, requestBody)) continue;
      this.#intended.delete(id);
      this.#count(id, key, action);
    }
  }

  /** At rest, too, there are requests: what lies so far back that it counts no longer goes with them. */
  #forgetExpired(): void {
    const now = this.#clock.monotonicNow();
    for (const [id, { times }] of this.#done) {
      const last = times.at(-1) ?? -Infinity;
      if (now - last < windowMs) return;
      this.#done.delete(id);
    }
  }

  #count(id: string, key: ObjectKey, action: Action): void {
    if (!isTelling(action)) return;
    const now = this.#clock.monotonicNow();
    const before = this.#done.get(id);
    // One size may well follow another; the same step again was undone by others.
    const isNew = before === undefined || (isScaling(action) && before.reason !== action.reason);
    const times = (isNew ? [] : before.times).filter((at) => now - at < windowMs).concat(now);
    this.#done.delete(id);
    this.#done.set(id, { reason: action.reason, times });
    forgetOldest(this.#done);
    if (times.length === repeats) this.#onContest(key, action);
  }
}

/** Whether it is somebody else's doing when the same is done again: instances that crash are set going again as well. */
function isTelling(action: Action): boolean {
  return action.type !== 'act' && (action.type !== 'update' || action.cause === 'DriftCorrected' || isScaling(action));
}

function isScaling(action: Action): boolean {
  return action.type === 'update' && action.cause === 'Scale';
}

function idOf(key: ObjectKey, action: Action): string {
  return [formatKey(key), action.type, action.name].join(' ');
}

/** Whether a request is the one that carries out an action. */
function carriesOut(action: Action, method: string, url: string, body: unknown): boolean {
  const sent = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly id?: unknown;
    readonly name?: unknown;
  };
  switch (action.type) {
    case 'create':
      return method === 'POST' && sent.name === action.name;
    case 'update':
      return method === 'PUT' && sent.id === action.id;
    case 'destroy':
      return method === 'DELETE' && url.endsWith(`/${encodeURIComponent(action.id)}`);
    case 'act':
      return method !== 'DELETE' && JSON.stringify(body ?? '').includes(action.id);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= remembered) return;
  for (const oldest of [...map.keys()].slice(0, remembered / 10)) map.delete(oldest);
}
