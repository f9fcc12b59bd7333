import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The answer does not claim to be JSON. */
export class WrongContentTypeError extends UnreadableAnswerError {
  override readonly name = 'WrongContentTypeError';
  override readonly code = 'WrongContentType';

  constructor(call: FailedCall, answer: UnreadableAnswer) {
    super(call, answer, 'is not JSON');
  }
}
