import { InformerError } from './informer-error.js';

/** A watch gave no sign of life for too long and was given up; the informer resumes where it was. */
export class WatchIdleError extends InformerError {
  override readonly name = 'WatchIdleError';

  constructor(informer: string, idleMs: number) {
    super(
      'InformerWatchIdle',
      `the watch of informer "${informer}" was silent for ${Math.round(idleMs)} ms and is resumed`,
    );
  }
}
