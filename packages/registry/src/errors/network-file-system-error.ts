import { StoreFileError } from './store-file-error.js';

/** The file lies on a network file system, whose locks and flushes do not hold what a registry promises. */
export class NetworkFileSystemError extends StoreFileError {
  override readonly name = 'NetworkFileSystemError';
  readonly code = 'NetworkFileSystem';

  constructor(
    path: string,
    /** Name of the file system, e.g. `nfs`. */
    readonly fileSystem: string,
  ) {
    super(
      path,
      `lies on a network file system (${fileSystem}), where locks and flushes cannot be relied on: put it on a local disk`,
    );
  }
}
