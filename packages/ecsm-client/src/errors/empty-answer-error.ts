import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The answer has no body; the platform always sends one. */
export class EmptyAnswerError extends UnreadableAnswerError {
  override readonly name = 'EmptyAnswerError';
  override readonly code = 'EmptyAnswer';

  constructor(call: FailedCall, answer: UnreadableAnswer) {
    super(call, answer, 'is empty');
  }
}
