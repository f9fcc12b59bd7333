/** The code of every error this package throws for a call; stable between versions. */
export const clientErrorCodes = [
  'InvalidCall',
  'ConnectionFailed',
  'ConnectionLost',
  'Timeout',
  'ClientClosed',
  'ApiError',
  'HttpStatus',
  'EmptyAnswer',
  'HtmlAnswer',
  'MalformedJson',
  'WrongContentType',
  'NullData',
  'UnexpectedAnswer',
  'AnswerTooLarge',
  'OutcomeUnknown',
] as const;
/** One of {@link clientErrorCodes}. */
export type ClientErrorCode = (typeof clientErrorCodes)[number];

/** Which call an error is about. */
export interface FailedCall {
  readonly method: string;
  /** Without credentials. */
  readonly url: string;
}

/** The longest URL shown in a message; lists by id make long ones. */
const maxShownUrl = 160;

/**
 * What every failed call rejects with, unless the caller's own signal ended it: then with the signal's reason.
 *
 * A write that rejects with anything but {@link OutcomeUnknownError} was not carried out.
 */
export abstract class EcsmClientError extends Error {
  /** Stable between versions, unlike the message. */
  abstract readonly code: ClientErrorCode;
  /** HTTP method of the call. */
  readonly method: string;
  /** Address of the call, without credentials. */
  readonly url: string;

  protected constructor(call: FailedCall, problem: string, options?: ErrorOptions) {
    const url = call.url.length <= maxShownUrl ? call.url : `${call.url.slice(0, maxShownUrl)}…`;
    super(`${call.method} ${url}: ${problem}`, options);
    this.method = call.method;
    this.url = call.url;
  }
}
