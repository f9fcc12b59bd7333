/** One finding of a compiled schema; shaped as ajv's error objects with `verbose`. */
export interface SchemaViolation {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly data?: unknown;
}

/** A JSON Schema compiled ahead of time, so that a program using only built-in kinds never loads ajv. */
export interface SchemaValidator {
  (value: unknown): boolean;
  /** The findings of the last call. */
  errors?: readonly SchemaViolation[] | null;
}
