import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/** The client was closed before or during the call. */
export class ClientClosedError extends EcsmClientError {
  override readonly name = 'ClientClosedError';
  override readonly code = 'ClientClosed';

  constructor(call: FailedCall) {
    super(call, 'the client is closed');
  }
}
