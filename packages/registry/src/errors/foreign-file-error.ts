import { StoreFileError } from './store-file-error.js';

/** The file is something else than a registry; it has not been touched. */
export class ForeignFileError extends StoreFileError {
  override readonly name = 'ForeignFileError';
  readonly code = 'ForeignFile';

  /** @param found - what it is instead, e.g. `not an SQLite database` */
  constructor(path: string, found: string, options?: ErrorOptions) {
    super(path, `is no registry: it is ${found}; choose another path, the file was left as it is`, options);
  }
}
