import type { ObjectMeta, TypeMeta } from './object-meta.js';

/** Any object of the declared world. Objects are read-only by type: change a copy made with {@link edit}. */
export interface ApiObject extends TypeMeta {
  readonly metadata: ObjectMeta;
}

/** An object as the registry returns it: the fields that the registry sets are there. */
export type Stored<T extends ApiObject> = T & {
  readonly metadata: ObjectMeta & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
  };
};

/**
 * An object as a user writes it: type and name, and of the rest what he cares to say.
 *
 * @typeParam T - the kind of object
 */
export type Manifest<T extends ApiObject = ApiObject> = Omit<T, 'metadata' | 'status'> & {
  readonly metadata: Omit<ObjectMeta, 'name'> & { readonly name?: string };
  readonly status?: StatusOf<T>;
};

/** The `spec` of a kind of object, or `undefined` for kinds without one. */
export type SpecOf<T> = T extends { readonly spec: infer Spec } ? Spec : undefined;

/** The `status` of a kind of object, or `undefined` for kinds without one. */
export type StatusOf<T> = T extends { readonly status?: infer Status } ? Exclude<Status, undefined> : undefined;

/** One page of objects and the revision it shows. */
export interface ObjectList<T extends ApiObject> {
  /** The revision of the snapshot; of later pages the first page's. */
  readonly resourceVersion: string;
  readonly items: readonly Stored<T>[];
  /** Hand back as `continue` to read the next page; absent on the last one. */
  readonly continue?: string;
  /** Set on later pages: they show current data rather than the first page's snapshot. */
  readonly inconsistent?: boolean;
  /** How many more there are, where it is known without reading them. */
  readonly remainingItemCount?: number;
}
