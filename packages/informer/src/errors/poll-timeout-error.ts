import { InformerError } from './informer-error.js';

/** A poll took too long and was given up. */
export class PollTimeoutError extends InformerError {
  override readonly name = 'PollTimeoutError';
  readonly timeoutMs: number;

  constructor(informer: string, timeoutMs: number) {
    super('InformerPollTimeout', `the list of informer "${informer}" did not end within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}
