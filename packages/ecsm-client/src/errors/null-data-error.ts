import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The answer claims success and brings no data, where the call is of no use without. */
export class NullDataError extends UnreadableAnswerError {
  override readonly name = 'NullDataError';
  override readonly code = 'NullData';

  constructor(call: FailedCall, answer: UnreadableAnswer) {
    super(call, answer, 'claims success without data');
  }
}
