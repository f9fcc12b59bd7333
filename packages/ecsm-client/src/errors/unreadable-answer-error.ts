import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/** An answer that is not what the platform sends. */
export interface UnreadableAnswer {
  readonly httpStatus: number;
  /** The `Content-Type` header, where there was one. */
  readonly contentType: string | undefined;
  /** The first characters of the body, without passwords. */
  readonly excerpt: string;
}

/**
 * Base of the errors about an answer that arrived and cannot be used.
 *
 * Such an answer is never taken for success, nor for "there is nothing".
 */
export abstract class UnreadableAnswerError extends EcsmClientError implements UnreadableAnswer {
  readonly httpStatus: number;
  readonly contentType: string | undefined;
  readonly excerpt: string;

  protected constructor(call: FailedCall, answer: UnreadableAnswer, problem: string, options?: ErrorOptions) {
    // 0 where the answer ended before its status, or had none.
    const status = answer.httpStatus === 0 ? '' : `HTTP ${answer.httpStatus}`;
    const about = [status, answer.contentType ?? ''].filter((part) => part !== '').join(', ');
    const excerpt = answer.excerpt === '' ? '' : `; it begins: ${JSON.stringify(answer.excerpt)}`;
    super(call, `the answer${about === '' ? '' : ` (${about})`} ${problem}${excerpt}`, options);
    this.httpStatus = answer.httpStatus;
    this.contentType = answer.contentType;
    this.excerpt = answer.excerpt;
  }
}
