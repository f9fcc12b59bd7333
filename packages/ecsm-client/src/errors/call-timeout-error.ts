import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/** What a call that ran out of time was doing. */
export const callPhases = ['waiting', 'connecting', 'answer'] as const;
/** One of {@link callPhases}: waiting for a slot, connecting, or waiting for the answer. */
export type CallPhase = (typeof callPhases)[number];

const phaseWords: Record<CallPhase, string> = {
  waiting: 'waiting for its turn',
  connecting: 'connecting',
  answer: 'waiting for the answer',
};

/** The call, or one attempt of it, took longer than allowed. */
export class CallTimeoutError extends EcsmClientError {
  override readonly name = 'CallTimeoutError';
  override readonly code = 'Timeout';
  /** What was going on when time was up. */
  readonly phase: CallPhase;
  /** The limit that was reached, in milliseconds. */
  readonly timeoutMs: number;

  constructor(call: FailedCall, phase: CallPhase, timeoutMs: number) {
    super(call, `no answer within ${timeoutMs} ms (${phaseWords[phase]})`);
    this.phase = phase;
    this.timeoutMs = timeoutMs;
  }
}
