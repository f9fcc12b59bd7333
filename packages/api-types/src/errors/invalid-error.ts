import { ApiError, describeDetails, isApiError, type ErrorDetails } from './api-error.js';

/** One field that breaks a rule. */
export interface FieldError {
  /** Path of the field, e.g. `spec.template.env[2].name`. */
  readonly field: string;
  /** The value received; `undefined` when the field is missing. */
  readonly value?: unknown;
  /** The rule, in words that complete "the field …": `must be at least 0`. */
  readonly rule: string;
}

/** The longest value that a message repeats in full. */
const longestShownValue = 80;

function show(error: FieldError): string {
  if (error.value === undefined) return `${error.field}: ${error.rule}`;
  const text = JSON.stringify(error.value) as string | undefined;
  if (text === undefined) return `${error.field}: ${error.rule}`;
  const shown = text.length <= longestShownValue ? text : `${text.slice(0, longestShownValue)}…`;
  return `${error.field}: ${error.rule} (got ${shown})`;
}

/** The object breaks rules of its kind; all of them are listed. */
export class InvalidError extends ApiError {
  override readonly name = 'InvalidError';
  readonly errors: readonly FieldError[];

  constructor(options: { readonly details: ErrorDetails; readonly errors: readonly FieldError[] }) {
    super('Invalid', {
      message: `${describeDetails(options.details)} is invalid: ${options.errors.map(show).join('; ')}`,
      details: options.details,
    });
    this.errors = options.errors;
  }
}

/** Whether something thrown is an {@link InvalidError}, also of another copy of this package. */
export function isInvalidError(error: unknown): error is InvalidError {
  return isApiError(error) && error.reason === 'Invalid';
}
