import { ApiError } from '../errors/api-error.js';
import { CallTimeoutError } from '../errors/call-timeout-error.js';
import { ConnectionFailedError } from '../errors/connection-failed-error.js';
import { ConnectionLostError } from '../errors/connection-lost-error.js';
import type { EcsmClientError } from '../errors/ecsm-client-error.js';
import { EmptyAnswerError } from '../errors/empty-answer-error.js';
import { HtmlAnswerError } from '../errors/html-answer-error.js';
import { HttpStatusError } from '../errors/http-status-error.js';
import { MalformedJsonError } from '../errors/malformed-json-error.js';
import { UnreadableAnswerError } from '../errors/unreadable-answer-error.js';
import { WrongContentTypeError } from '../errors/wrong-content-type-error.js';

/** What a failed attempt means for the next one. */
export interface Judgement {
  /** Whether another attempt may fare better. */
  readonly transient: boolean;
  /** Whether the platform may have carried the request out. */
  readonly maybeExecuted: boolean;
  /** Whether the server asked everyone to hold back. */
  readonly retryAfterMs?: number | undefined;
}

const gatewayStatuses = [502, 503, 504];
const certificateProblem = /CERT|^ERR_TLS_|^ERR_SSL_|SELF_SIGNED|UNABLE_TO_/;

/** Judges a failed attempt; `connected` tells whether anything of it may have reached the platform. */
export function judgeFailure(error: EcsmClientError, connected: boolean): Judgement {
  if (error instanceof ConnectionFailedError) {
    return { transient: !certificateProblem.test(error.reason ?? ''), maybeExecuted: false };
  }
  if (error instanceof CallTimeoutError || error instanceof ConnectionLostError) {
    return { transient: true, maybeExecuted: connected };
  }
  if (error instanceof ApiError) {
    const { retryAfterMs } = error;
    if (error.reason === 'TooManyRequests') return { transient: true, maybeExecuted: false, retryAfterMs };
    // A gateway passes on and cannot know; any other refusal is the platform's own last word.
    const gateway = gatewayStatuses.includes(error.envelopeStatus);
    return { transient: gateway, maybeExecuted: gateway, retryAfterMs };
  }
  if (error instanceof HttpStatusError) {
    const { httpStatus, retryAfterMs } = error;
    if (httpStatus === 429) return { transient: true, maybeExecuted: false, retryAfterMs };
    // 2xx and 3xx-with-success bodies and server errors leave it open; 3xx and 4xx are refusals.
    const open = httpStatus >= 500 || httpStatus < 300;
    return { transient: open, maybeExecuted: open, retryAfterMs };
  }
  if (error instanceof UnreadableAnswerError) {
    const transient =
      error instanceof EmptyAnswerError ||
      error instanceof HtmlAnswerError ||
      error instanceof MalformedJsonError ||
      error instanceof WrongContentTypeError;
    return { transient, maybeExecuted: true };
  }
  return { transient: false, maybeExecuted: connected };
}
