import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/** The connection broke before the answer was complete. */
export class ConnectionLostError extends EcsmClientError {
  override readonly name = 'ConnectionLostError';
  override readonly code = 'ConnectionLost';
  /** Node's code, such as `ECONNRESET`, where there is one. */
  readonly reason: string | undefined;

  constructor(call: FailedCall, reason: string | undefined, problem: string, options?: ErrorOptions) {
    super(call, `the connection broke before the answer was complete (${problem})`, options);
    this.reason = reason;
  }
}
