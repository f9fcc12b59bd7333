import { InformerError } from './informer-error.js';

/** A poll failed, and will be tried again; nothing was taken for deleted. `cause` is what the source threw. */
export class PollFailedError extends InformerError {
  override readonly name = 'PollFailedError';

  constructor(informer: string, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super('InformerPollFailed', `listing for informer "${informer}" failed: ${detail}`, { cause });
  }
}
