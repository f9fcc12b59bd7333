import { StoreFileError } from './store-file-error.js';

/**
 * The file, or the log beside it (`-wal`), lost its path while it was open: it was moved, removed or replaced. Writes to it
 * would be lost with it, so none is taken any more, and watches and reads end with this as well: open the registry anew.
 * What a lost log held is brought into the file by whoever closes it, as long as nobody has opened the file since, and is lost
 * with a process that is killed instead.
 */
export class StoreReplacedError extends StoreFileError {
  override readonly name = 'StoreReplacedError';
  readonly code = 'StoreReplaced';

  constructor(path: string, { log }: { readonly log?: string } = {}) {
    const lost = 'was moved, removed or replaced while it was open: nothing more is written to it';
    super(
      path,
      log === undefined
        ? `${lost}, open the registry anew`
        : `has lost its log: ${log} ${lost}, close the registry, which saves what the log held, and open it anew`,
    );
  }
}
