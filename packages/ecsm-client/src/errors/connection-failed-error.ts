import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/** No connection could be made (name not found, refused, unreachable, TLS): the platform did not see the call. */
export class ConnectionFailedError extends EcsmClientError {
  override readonly name = 'ConnectionFailedError';
  override readonly code = 'ConnectionFailed';
  /** Node's code, such as `ECONNREFUSED`, where there is one. */
  readonly reason: string | undefined;

  constructor(call: FailedCall, reason: string | undefined, problem: string, options?: ErrorOptions) {
    super(call, `no connection to the platform (${problem})`, options);
    this.reason = reason;
  }
}
