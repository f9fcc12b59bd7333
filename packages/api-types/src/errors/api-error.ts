import { hasBrand } from './thrown.js';

/** Why a call failed, in the words of a Kubernetes `Status`, and the HTTP code that goes with it. */
export const errorReasons = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  RequestEntityTooLarge: 413,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

/** Why a call failed. */
export type ErrorReason = keyof typeof errorReasons;

/** Which object a failure is about. */
export interface ErrorDetails {
  /** Plural name of the kind. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What an error is made of. */
export interface ApiErrorOptions {
  /** What failed, on which object, and the way out. */
  readonly message: string;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

const brand = Symbol.for('@ecsm/api-types/ApiError');

/** Base of the failures a caller of a registry or another {@link ResourceClient} acts on. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  /** Stable word for programs. */
  readonly reason: ErrorReason;
  /** HTTP status that goes with the reason. */
  readonly code: number;
  readonly details: ErrorDetails;
  /** Marks the class across copies of this package. */
  readonly [brand] = true;

  constructor(reason: ErrorReason, options: ApiErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.code = errorReasons[reason];
    this.details = options.details ?? {};
  }
}

/** Whether something thrown is an {@link ApiError}, also of another copy of this package. */
export function isApiError(error: unknown): error is ApiError {
  return hasBrand(error, brand);
}

/** How an object is named in messages: `ecsmservices "default/web"`. */
export function describeDetails(details: ErrorDetails): string {
  const name = [details.namespace, details.name].filter((part) => part !== undefined).join('/');
  return name === '' ? (details.kind ?? 'object') : `${details.kind ?? 'object'} "${name}"`;
}
