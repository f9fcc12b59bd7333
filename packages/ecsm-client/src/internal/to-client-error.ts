import { AnswerTooLargeError } from '../errors/answer-too-large-error.js';
import { CallTimeoutError } from '../errors/call-timeout-error.js';
import { ClientClosedError } from '../errors/client-closed-error.js';
import { ConnectionFailedError } from '../errors/connection-failed-error.js';
import { ConnectionLostError } from '../errors/connection-lost-error.js';
import { EcsmClientError, type FailedCall } from '../errors/ecsm-client-error.js';
import { UnexpectedAnswerError } from '../errors/unexpected-answer-error.js';
import { AttemptTimeout, CallEnded, type CallScope } from './call-scope.js';
import { ExchangeFailure } from './exchange-failure.js';
import { excerptOf } from './redact.js';

/** The limits that a failure may have met. */
export interface AttemptLimits {
  readonly attemptTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxResponseBytes: number;
}

/** The public error for what an attempt threw, without `secrets`, or `undefined` when that is not ours to translate. */
export function toClientError(
  call: FailedCall,
  thrown: unknown,
  scope: CallScope,
  connected: boolean,
  limits: AttemptLimits,
  secrets: readonly string[] = [],
): EcsmClientError | undefined {
  const phase = connected ? 'answer' : 'connecting';
  if (thrown instanceof EcsmClientError) return thrown;
  if (thrown instanceof AttemptTimeout) return new CallTimeoutError(call, phase, limits.attemptTimeoutMs);
  if (thrown instanceof CallEnded) {
    if (scope.endedBy === 'timeout') return new CallTimeoutError(call, phase, scope.timeoutMs);
    if (scope.endedBy === 'closed') return new ClientClosedError(call);
    // The caller gets his own reason; this is for logs.
    return new ConnectionLostError(call, undefined, 'the caller gave up');
  }
  if (!(thrown instanceof ExchangeFailure)) return undefined;

  const { problem, reason, message, answer } = thrown;
  const options = thrown.cause === undefined ? undefined : { cause: thrown.cause };
  const shown = {
    httpStatus: answer.status,
    contentType: answer.contentType,
    excerpt: excerptOf(answer.text, secrets),
  };
  switch (problem) {
    case 'connect':
      return new ConnectionFailedError(call, reason, message, options);
    case 'connect-timeout':
      return new CallTimeoutError(call, 'connecting', limits.connectTimeoutMs);
    case 'lost':
      return new ConnectionLostError(call, reason, message, options);
    case 'garbled':
      return new UnexpectedAnswerError(call, shown, message, options);
    case 'too-large':
      return new AnswerTooLargeError(call, shown, limits.maxResponseBytes);
  }
}
