import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/** A call that cannot be right, such as an empty id; nothing was sent. Repeating it is useless. */
export class InvalidCallError extends EcsmClientError {
  override readonly name = 'InvalidCallError';
  override readonly code = 'InvalidCall';

  constructor(call: FailedCall, problem: string) {
    super(call, `${problem}; nothing was sent`);
  }
}
