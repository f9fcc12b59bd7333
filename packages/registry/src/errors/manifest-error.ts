import { BadRequestError, isInvalidError, type ApiError, type FieldError } from '@ecsm/api-types';

/** Where a manifest stands. */
export interface ManifestSource {
  /** Path of the file as it was given; `-` is the standard input. */
  readonly file: string;
  /** Which document of the file, counted from 1; 0 where the file as a whole cannot be read. */
  readonly document: number;
  /** The line the document starts on, counted from 1; 0 where the file as a whole cannot be read. */
  readonly line: number;
  /** Which item, counted from 1, where the document is a List. */
  readonly item?: number;
}

/** Where exactly something is wrong, where that is known. */
export interface ManifestPosition {
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

/** A document of a manifest file cannot be used; the message says where and why. Nothing of that document was stored. */
export class ManifestError extends BadRequestError {
  readonly source: ManifestSource;
  readonly position: ManifestPosition | undefined;
  /** The fields that break rules, where that is what is wrong. */
  readonly errors: readonly FieldError[];

  constructor(
    source: ManifestSource,
    options: {
      readonly problem: string;
      readonly position?: ManifestPosition;
      readonly errors?: readonly FieldError[];
      readonly cause?: unknown;
    },
  ) {
    super({ message: `${describeSource(source, options.position)}: ${options.problem}`, cause: options.cause });
    this.source = source;
    this.position = options.position;
    this.errors = options.errors ?? [];
  }

  /** What the registry said about a manifest, with the place it came from; the original is the cause. */
  static at(source: ManifestSource, error: ApiError): ManifestError {
    return new ManifestError(source, {
      problem: error.message,
      cause: error,
      ...(isInvalidError(error) ? { errors: error.errors } : {}),
    });
  }
}

/** Whether something thrown is a {@link ManifestError}. */
export function isManifestError(error: unknown): error is ManifestError {
  return error instanceof ManifestError;
}

/** A source in words: `web.yaml, document 2 (line 14)`, or `web.yaml` alone for a file that cannot be read. */
export function describeSource(source: ManifestSource, position?: ManifestPosition): string {
  const file = source.file === '-' ? 'standard input' : source.file;
  if (source.document === 0) return file;
  const item = source.item === undefined ? '' : `, item ${source.item}`;
  const place = position === undefined ? `(line ${source.line})` : `(line ${position.line}, column ${position.column})`;
  return `${file}, document ${source.document}${item} ${place}`;
}
