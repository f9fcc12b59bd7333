import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The answer is larger than the client is allowed to take. */
export class AnswerTooLargeError extends UnreadableAnswerError {
  override readonly name = 'AnswerTooLargeError';
  override readonly code = 'AnswerTooLarge';
  /** The limit in bytes. */
  readonly maxBytes: number;

  constructor(call: FailedCall, answer: UnreadableAnswer, maxBytes: number) {
    super(call, answer, `is larger than ${maxBytes} bytes (option maxResponseBytes); ask for smaller pages`);
    this.maxBytes = maxBytes;
  }
}
