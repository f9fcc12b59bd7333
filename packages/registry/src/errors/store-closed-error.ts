/** The store has been closed: open it again. A mistake in the order of shutting down. */
export class StoreClosedError extends Error {
  override readonly name = 'StoreClosedError';
  readonly code = 'StoreClosed';

  /** @param path - the file, or what stands for it */
  constructor(readonly path: string) {
    super(`the store ${path} was used after it had been closed`);
  }
}

/** Whether something thrown is a {@link StoreClosedError}. */
export function isStoreClosedError(error: unknown): error is StoreClosedError {
  return error instanceof StoreClosedError;
}
