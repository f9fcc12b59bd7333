import { messageOf } from '@ecsm/api-types';

import { InformerError } from './informer-error.js';

/** The `transform` of an object cache threw; this change is left out. `cause` is what was thrown. */
export class TransformFailedError extends InformerError {
  override readonly name = 'TransformFailedError';
  readonly key: string;

  constructor(key: string, cause: unknown) {
    super(
      'InformerTransformFailed',
      `the transform failed on "${key}", so this change of it was left out: ${messageOf(cause)}`,
      { cause },
    );
    this.key = key;
  }
}
