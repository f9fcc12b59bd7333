import type { FailedCall } from './ecsm-client-error.js';
import { type UnreadableAnswer, UnreadableAnswerError } from './unreadable-answer-error.js';

/** The answer is a web page, as proxies and other servers send: often the address or base path is wrong. */
export class HtmlAnswerError extends UnreadableAnswerError {
  override readonly name = 'HtmlAnswerError';
  override readonly code = 'HtmlAnswer';

  constructor(call: FailedCall, answer: UnreadableAnswer) {
    super(call, answer, 'is a web page; is this the address of the ECSM API?');
  }
}
