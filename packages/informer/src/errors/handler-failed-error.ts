import { messageOf } from '@ecsm/api-types';

import { InformerError } from './informer-error.js';

/** A handler threw; it lost this event and goes on with the next. `cause` is what was thrown. */
export class HandlerFailedError extends InformerError {
  override readonly name = 'HandlerFailedError';
  readonly handler: string;
  readonly key: string;

  constructor(informer: string, handler: string, key: string, cause: unknown) {
    super(
      'InformerHandlerFailed',
      `"${handler}" of informer "${informer}" failed on an event of "${key}", which it will not see again: ${messageOf(cause)}`,
      { cause },
    );
    this.handler = handler;
    this.key = key;
  }
}
