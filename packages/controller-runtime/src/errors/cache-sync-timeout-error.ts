/** A controller's source did not tell what exists in time: nothing was reconciled. */
export class CacheSyncTimeoutError extends Error {
  override readonly name = 'CacheSyncTimeoutError';
  /** Stable word for programs. */
  readonly code = 'CACHE_SYNC_TIMEOUT';
  readonly controller: string;
  /** The sources that were not synced. */
  readonly sources: readonly string[];

  constructor(options: {
    readonly controller: string;
    readonly sources: readonly string[];
    readonly timeoutMs: number;
  }) {
    super(
      `controller "${options.controller}" did not start: ${options.sources.join(', ')} not synced within ` +
        `${options.timeoutMs} ms; look for errors of that source, or raise cacheSyncTimeoutMs`,
    );
    this.controller = options.controller;
    this.sources = options.sources;
  }
}
