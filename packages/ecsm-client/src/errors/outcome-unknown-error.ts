import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/**
 * A write was sent, and whether the platform carried it out is not known.
 *
 * Do not simply repeat it: look at the platform first (after a create, by the service's name).
 */
export class OutcomeUnknownError extends EcsmClientError {
  override readonly name = 'OutcomeUnknownError';
  override readonly code = 'OutcomeUnknown';
  /** What happened instead of an answer. */
  override readonly cause: EcsmClientError;

  constructor(call: FailedCall, cause: EcsmClientError) {
    super(call, `whether the platform carried it out is unknown; look before repeating it (${cause.message})`, {
      cause,
    });
    this.cause = cause;
  }
}
