import { StoreFileError } from './store-file-error.js';

/** The file was written by a newer version of this program; it has not been touched. */
export class NewerSchemaError extends StoreFileError {
  override readonly name = 'NewerSchemaError';
  readonly code = 'NewerSchema';

  constructor(
    path: string,
    /** Schema version of the file. */
    readonly found: number,
    /** The newest schema version this program knows. */
    readonly supported: number,
  ) {
    super(
      path,
      `has schema version ${found}, and this program knows versions up to ${supported}: use the newer program, or restore a backup made before the upgrade`,
    );
  }
}
