import type { ApiObject } from '../api-object.js';

/** A kept state of an object's template, to return to. */
export interface ControllerRevision extends ApiObject {
  /**
   * Counts up with every new state of the same object.
   *
   * @asType integer
   * @minimum 0
   */
  readonly revision: number;
  /** The state, as its controller understands it. */
  readonly data: Readonly<Record<string, unknown>>;
}
