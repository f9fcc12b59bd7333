import type { ApiObject, ObjectKey, Stored } from '@ecsm/api-types';

/** What an informer remembers of an object. */
export interface KnownVersion {
  readonly resourceVersion: string;
  readonly generation: number;
}

/**
 * How an informer learned of a change: from the first list, a later list after the watch had to start over, the watch
 * itself, the periodic comparison, or for a handler that was added late from what is known.
 */
export type ChangeOrigin = 'list' | 'relist' | 'watch' | 'resync' | 'known';

/**
 * A change of an object, as an informer reports it.
 *
 * `object` is there when the change came by the watch, by a list that read objects, or from the object cache. A change
 * found by comparing versions has only its key: read the object fresh where it is needed.
 */
export type InformerEvent<T extends ApiObject> =
  /** The object exists. `initial` marks what existed before the handler was added or the informer synced. */
  | {
      readonly type: 'added';
      readonly key: ObjectKey;
      readonly version: KnownVersion;
      readonly object?: Stored<T>;
      readonly initial: boolean;
      readonly origin: ChangeOrigin;
      readonly ownWrite?: boolean;
    }
  /** The object has changed. `previous` is known to informers with an object cache only. */
  | {
      readonly type: 'modified';
      readonly key: ObjectKey;
      readonly version: KnownVersion;
      readonly previousVersion: KnownVersion;
      readonly object?: Stored<T>;
      readonly previous?: Stored<T>;
      readonly origin: ChangeOrigin;
      readonly ownWrite?: boolean;
    }
  /**
   * The object is gone. `finalState` says whether `object` is the last state (`known`), or the deletion was noticed
   * only afterwards (`unknown`): then `object`, if there is one, may be older than the last state.
   */
  | {
      readonly type: 'deleted';
      readonly key: ObjectKey;
      readonly version: KnownVersion;
      readonly object?: Stored<T>;
      readonly finalState: 'known' | 'unknown';
      readonly origin: ChangeOrigin;
      readonly ownWrite?: boolean;
    }
  /** Nothing happened; the handler asked to hear of every object now and then. */
  | {
      readonly type: 'sync';
      readonly key: ObjectKey;
      readonly version: KnownVersion;
      readonly object?: Stored<T>;
    };
