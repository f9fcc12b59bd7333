import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The answer is well formed, but not what this call's answer looks like. */
export class UnexpectedAnswerError extends UnreadableAnswerError {
  override readonly name = 'UnexpectedAnswerError';
  override readonly code = 'UnexpectedAnswer';
  /** What is wrong, such as `data.id is 17, not a string`. */
  readonly problem: string;

  constructor(call: FailedCall, answer: UnreadableAnswer, problem: string, options?: ErrorOptions) {
    super(call, answer, `is not as expected: ${problem}`, options);
    this.problem = problem;
  }
}
