/**
 * Receives events one at a time and in order; the next one waits until the promise returned for this one settles.
 *
 * A handler that throws loses that event alone: the failure goes to `onError` of the informer.
 */
export type EventHandler<E> = (event: E) => void | PromiseLike<void>;

/** Options of a handler. */
export interface HandlerOptions {
  /**
   * Names the handler in errors and in what is missing while it is not synced.
   *
   * @defaultValue `'handler'` and a number
   */
  readonly name?: string;
  /**
   * Every this many milliseconds the handler gets a `sync` event for each known object that has no event pending; 0 is
   * never.
   *
   * @defaultValue `0`
   */
  readonly syncPeriodMs?: number;
  /**
   * Leave out events of changes made through {@link Informer.ownWrite}.
   *
   * @defaultValue `false`
   */
  readonly skipOwnWrites?: boolean;
}

/** A handler at an informer, until it is removed. */
export interface HandlerRegistration extends AsyncDisposable {
  readonly name: string;
  /** Whether the handler has processed everything that existed when it was added. */
  readonly isSynced: boolean;
  /** How many events wait for the handler. */
  readonly pending: number;
  /**
   * Resolves when the handler has processed everything that existed when it was added.
   *
   * @throws NotSyncedError naming the handler, when the signal aborts or the handler is removed first
   */
  synced(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** Removes the handler: no further call begins. Does nothing the second time. */
  remove(): void;
  /** Removes the handler and resolves when its running call, if any, has ended. Not to be awaited in that very call. */
  [Symbol.asyncDispose](): Promise<void>;
}
