import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The answer is not JSON, or was cut off. */
export class MalformedJsonError extends UnreadableAnswerError {
  override readonly name = 'MalformedJsonError';
  override readonly code = 'MalformedJson';
  /** Whether the text ends before its JSON does. */
  readonly truncated: boolean;

  constructor(call: FailedCall, answer: UnreadableAnswer, truncated: boolean, options?: ErrorOptions) {
    super(call, answer, truncated ? 'is cut off in the middle of its JSON' : 'is not valid JSON', options);
    this.truncated = truncated;
  }
}
