import { StoreFileError } from './store-file-error.js';

/**
 * The file lost its path while it was open: it was moved, removed or replaced. Writes to it would be lost with it, so
 * none is taken any more, and watches and reads end with this as well: open the registry anew.
 */
export class StoreReplacedError extends StoreFileError {
  override readonly name = 'StoreReplacedError';
  readonly code = 'StoreReplaced';

  constructor(path: string) {
    super(
      path,
      'was moved, removed or replaced while it was open: nothing more is written to it, open the registry anew',
    );
  }
}
