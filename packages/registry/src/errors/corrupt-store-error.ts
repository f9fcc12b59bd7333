import { StoreFileError } from './store-file-error.js';

/** The file is a registry, but part of it is damaged or missing; what can be read is still readable with `readonly`. */
export class CorruptStoreError extends StoreFileError {
  override readonly name = 'CorruptStoreError';
  readonly code = 'CorruptStore';

  /** @param damage - what was found, e.g. `is cut short` */
  constructor(path: string, damage: string, options?: ErrorOptions) {
    super(
      path,
      `is damaged: ${damage}; restore a backup, or open it read-only to save what can be read, and keep the file`,
      options,
    );
  }
}
