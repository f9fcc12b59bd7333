import { StoreFileError } from './store-file-error.js';

/** There is no registry at the path, and it was not to be created. */
export class StoreMissingError extends StoreFileError {
  override readonly name = 'StoreMissingError';
  readonly code = 'StoreMissing';

  constructor(path: string, options?: ErrorOptions) {
    super(path, 'does not exist: check the path, or create it by a first write', options);
  }
}
