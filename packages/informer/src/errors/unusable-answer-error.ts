import { InformerError } from './informer-error.js';

/** The source answered with something that is no list or no object of the kind; the informer keeps what it had and tries again. */
export class UnusableAnswerError extends InformerError {
  override readonly name = 'UnusableAnswerError';

  constructor(informer: string, expected: string, received: string) {
    super('InformerUnusableAnswer', `informer "${informer}" expected ${expected} of its source and got ${received}`);
  }
}
