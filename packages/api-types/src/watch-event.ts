import type { ApiObject, Stored } from './api-object.js';

/** What a watch reports; `added`, `modified` and `deleted` speak of the view its selectors define. */
export type WatchEvent<T extends ApiObject> =
  /** The object exists, or has entered the view. `initial` marks the state from before the watch began. */
  | { readonly type: 'added'; readonly object: Stored<T>; readonly initial?: boolean }
  /** The object in the view has changed. */
  | { readonly type: 'modified'; readonly object: Stored<T> }
  /**
   * The object is gone, or has left the view. `object` is its last state (for one that left the view, its current state)
   * and carries the resourceVersion of this change.
   */
  | { readonly type: 'deleted'; readonly object: Stored<T> }
  /** Nothing happened up to this revision; the first one after the initial objects has `initialEventsEnd`. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly initialEventsEnd?: boolean };
