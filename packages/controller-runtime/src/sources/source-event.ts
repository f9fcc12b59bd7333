import type { ApiObject, ObjectKey, Stored } from '@ecsm/api-types';

/** The parts of an object whose change a predicate can ask for. */
export const aspects = ['spec', 'labels', 'annotations', 'status', 'finalizers'] as const;

/** A part of an object. `spec` is the generation: all but status and metadata, and the mark of deletion. */
export type Aspect = (typeof aspects)[number];

/**
 * What happened to an object, as predicates see it.
 *
 * @typeParam T - the objects of the source
 */
export interface SourceEvent<T extends ApiObject = ApiObject> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly key: ObjectKey;
  /** The object as the event carried it; absent where only versions were compared. */
  readonly object?: Stored<T>;
  /** The object was there before the controller began to look. */
  readonly initial: boolean;
  /**
   * The parts that differ from what was seen before, of those that the source's predicates ask for; all of them when
   * the object was replaced by another one of the same name.
   */
  readonly changed: ReadonlySet<Aspect>;
}
