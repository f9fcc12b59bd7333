import { InformerError } from './informer-error.js';

/** Something was asked of an informer that has been stopped: make a new one. */
export class InformerStoppedError extends InformerError {
  override readonly name = 'InformerStoppedError';

  constructor(informer: string) {
    super('InformerStopped', `informer "${informer}" has been stopped and cannot be used again: make a new one`);
  }
}
