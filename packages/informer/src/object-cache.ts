import type { ApiObject, ObjectKey, Stored } from '@ecsm/api-types';

/** Gives the values an object is found under in an index; any number of them. */
export type IndexFunction<T extends ApiObject> = (object: Stored<T>) => readonly string[];

/** Reads the objects an informer keeps. What it returns is shared: it is read-only by type and must stay as it is. */
export interface ObjectCache<T extends ApiObject> {
  readonly size: number;
  /** The object as last heard of, if it exists. */
  get(key: ObjectKey): Stored<T> | undefined;
  /** All objects; of one namespace when one is given. */
  list(options?: { readonly namespace?: string }): readonly Stored<T>[];
  /**
   * The objects found under a value of an index.
   *
   * @throws TypeError when there is no index of that name
   */
  byIndex(index: string, value: string): readonly Stored<T>[];
  /** The values an index knows. */
  indexValues(index: string): readonly string[];
  /**
   * Adds an index, complete at once.
   *
   * @throws TypeError when there is one of that name
   */
  addIndexer(index: string, values: IndexFunction<T>): void;
}
