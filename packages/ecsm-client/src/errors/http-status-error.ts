import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The HTTP status is not one of success and the body is not the platform's: a proxy, or another server, spoke. */
export class HttpStatusError extends UnreadableAnswerError {
  override readonly name = 'HttpStatusError';
  override readonly code = 'HttpStatus';
  /** Milliseconds the server asked to wait, where it did. */
  readonly retryAfterMs: number | undefined;

  constructor(call: FailedCall, answer: UnreadableAnswer, retryAfterMs?: number, redirectedTo?: string) {
    const problem =
      redirectedTo === undefined
        ? 'is a failure without a word from the platform'
        : `is a redirect to ${redirectedTo}, and none is followed: use the address that answers itself`;
    super(call, answer, problem);
    this.retryAfterMs = retryAfterMs;
  }
}
