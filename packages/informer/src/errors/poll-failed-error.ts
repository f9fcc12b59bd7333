import { messageOf } from '@ecsm/api-types';

import { InformerError } from './informer-error.js';

/** A poll failed, and will be tried again; nothing was taken for deleted. `cause` is what the source threw. */
export class PollFailedError extends InformerError {
  override readonly name = 'PollFailedError';

  constructor(informer: string, cause: unknown) {
    super('InformerPollFailed', `listing for informer "${informer}" failed: ${messageOf(cause)}`, { cause });
  }
}
