import { EcsmClientError, type FailedCall } from './ecsm-client-error.js';

/** Coarse reasons of a refusal, taken from the status: the platform's own codes are not published. */
export const apiErrorReasons = [
  'BadRequest',
  'Forbidden',
  'NotFound',
  'Conflict',
  'TooManyRequests',
  'Unavailable',
  'ServerError',
  'Unknown',
] as const;
/** One of {@link apiErrorReasons}. */
export type ApiErrorReason = (typeof apiErrorReasons)[number];

/** What the platform said when it refused a call. */
export interface ApiFailure {
  readonly httpStatus: number;
  /** `status` of the envelope. */
  readonly envelopeStatus: number;
  /** `message` of the envelope. */
  readonly apiMessage: string;
  /** `fieldErrors` of the envelope: any JSON. */
  readonly fieldErrors: unknown;
  /** Milliseconds the platform asked to wait, where it did. */
  readonly retryAfterMs?: number | undefined;
}

/** The platform understood the call and refused it. */
export class ApiError extends EcsmClientError implements ApiFailure {
  override readonly name = 'ApiError';
  override readonly code = 'ApiError';
  readonly reason: ApiErrorReason;
  readonly httpStatus: number;
  readonly envelopeStatus: number;
  readonly apiMessage: string;
  readonly fieldErrors: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(call: FailedCall, reason: ApiErrorReason, failure: ApiFailure) {
    const fields =
      failure.fieldErrors === null || failure.fieldErrors === undefined
        ? ''
        : `, fields ${JSON.stringify(failure.fieldErrors).slice(0, 300)}`;
    super(
      call,
      `the platform refused: "${failure.apiMessage.slice(0, 300)}" (${reason}, HTTP ${failure.httpStatus}, ` +
        `status ${failure.envelopeStatus}${fields})`,
    );
    this.reason = reason;
    this.httpStatus = failure.httpStatus;
    this.envelopeStatus = failure.envelopeStatus;
    this.apiMessage = failure.apiMessage;
    this.fieldErrors = failure.fieldErrors;
    this.retryAfterMs = failure.retryAfterMs;
  }
}
