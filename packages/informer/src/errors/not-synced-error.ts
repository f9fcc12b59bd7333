import { InformerError } from './informer-error.js';

/** Waiting for the first state of informers or handlers ended before it was there; `missing` names them. */
export class NotSyncedError extends InformerError {
  override readonly name = 'NotSyncedError';
  readonly missing: readonly string[];

  constructor(missing: readonly string[], options?: ErrorOptions) {
    super(
      'InformerNotSynced',
      `gave up waiting for the first state of ${missing.map((name) => `"${name}"`).join(', ')}; is the source reachable?`,
      options,
    );
    this.missing = missing;
  }
}
