/** One attempt of a call, told to a log when it is over. Passwords are masked. */
export interface AttemptEvent {
  readonly method: string;
  readonly url: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Absent when there was no answer. */
  readonly httpStatus?: number;
  /** Milliseconds from sending to the whole answer. */
  readonly durationMs: number;
  /** Milliseconds spent waiting for a turn before that. */
  readonly waitedMs: number;
  readonly requestBytes: number;
  /** As received, before decompression. */
  readonly responseBytes: number;
  /** The body sent, with passwords masked. */
  readonly requestBody?: unknown;
  /** Why the attempt failed, where it did. */
  readonly error?: Error;
  /** Milliseconds until the next attempt, where there will be one. */
  readonly retryInMs?: number;
}
