import { ApiError, isApiError, type ApiErrorOptions } from './api-error.js';

/** A field that two writers want to have different values. */
export interface FieldConflict {
  /** Path of the field, e.g. `.spec.template.image`. */
  readonly field: string;
  /** The value that is stored. */
  readonly live: unknown;
  /** The value the refused manifest wants. */
  readonly wanted: unknown;
}

/** Somebody else has changed the object in between: read it again and redo the change. */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
  /** The fields in conflict, when an apply failed. */
  readonly conflicts: readonly FieldConflict[];

  constructor(options: ApiErrorOptions & { readonly conflicts?: readonly FieldConflict[] }) {
    super('Conflict', options);
    this.conflicts = options.conflicts ?? [];
  }
}

/** Whether something thrown is a {@link ConflictError}, also of another copy of this package. */
export function isConflictError(error: unknown): error is ConflictError {
  return isApiError(error) && error.reason === 'Conflict';
}
