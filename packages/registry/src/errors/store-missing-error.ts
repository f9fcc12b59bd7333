import { StoreFileError } from './store-file-error.js';

/** There is no registry at the path, and it was not to be created. */
export class StoreMissingError extends StoreFileError {
  override readonly name = 'StoreMissingError';
  readonly code = 'StoreMissing';

  /** @param options - `missingFolder` is the folder of the file where that is missing too */
  constructor(path: string, options: ErrorOptions & { readonly missingFolder?: string } = {}) {
    const { missingFolder, ...rest } = options;
    const problem =
      missingFolder === undefined
        ? 'does not exist: check the path, or create it by a first write'
        : `does not exist, nor does its folder ${missingFolder}: check the path, or make the folder`;
    super(path, problem, rest);
  }
}
