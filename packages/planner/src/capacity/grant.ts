import type { MadeWay } from './room-condition.js';

/** Why an object does not run everything it wants: how much is missing, of what, and who is in the way. */
export interface Shortage {
  readonly missing: number;
  /** Whether an instance of its own stands where another would find room if it went. */
  readonly inOwnWay: boolean;
  /** What it needs, where, and who is in the way, as a sentence. */
  readonly message: string;
}

/** What an object may run now. */
export interface Grant {
  /** The most instances it may have. */
  readonly instances: number;
  /** The nodes it may use; without it, all it names. */
  readonly nodes?: readonly string[];
  /** Set while it lacks room for some of what it wants; with `instances` complete, for what a node took with it. */
  readonly shortage?: Shortage;
  /** Set in the step in which it gives instances up for somebody else. */
  readonly eviction?: Eviction;
}

/** Instances given up for an object of higher priority. */
export interface Eviction extends Omit<MadeWay, 'sinceMs'> {
  readonly instances: number;
  /** The node it leaves altogether; without it only its size changes. */
  readonly leaves?: string;
  readonly message: string;
}
