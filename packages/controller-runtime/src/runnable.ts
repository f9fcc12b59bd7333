import type { Leadership } from './leader-election/leader-lock.js';

/** What a runnable may know. */
export interface RunnableContext {
  /** Aborts when the runnable should end, with the reason. */
  readonly signal: AbortSignal;
  /** The lead this process holds; absent without leader election or outside it. */
  readonly leadership: Leadership | undefined;
}

/** Something that runs beside the controllers until the signal aborts. When it rejects, the manager stops. */
export type Runnable = (context: RunnableContext) => Promise<void>;

/** Options of `Manager.add`. */
export interface RunnableOptions {
  /** Named in errors. @defaultValue the function's name, or `runnable` */
  readonly name?: string;
  /**
   * Whether it runs only while this process leads, where the manager has a leader election.
   *
   * @defaultValue `true`
   */
  readonly leaderElected?: boolean;
}
