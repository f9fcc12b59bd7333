/** One look at the platform. */
export interface PollRecord {
  readonly durationMs: number;
  /** Why it failed; absent when it did not. */
  readonly error?: unknown;
}

/** What is known of the platform, in figures. */
export interface Observation {
  /** Platform services known. */
  readonly services: number;
  /** Objects of which something moves. */
  readonly moving: number;
  /** Milliseconds since the last complete look; absent before the first. */
  readonly ageMs?: number;
}

/** Whether the platform answers. */
export type Reachability =
  | { readonly state: 'unknown' }
  | { readonly state: 'reachable' }
  | {
      readonly state: 'unreachable';
      /** When it was first seen not to answer, on the monotonic clock. */
      readonly sinceMs: number;
      readonly message: string;
      /** Whether it has lasted long enough to be said on every object. */
      readonly long: boolean;
    };
