/**
 * A change of an item, as a {@link PolledInformer} reports it.
 *
 * @typeParam I - the items of the list
 */
export type PolledEvent<I> =
  /** The item is there. `item` is missing when the handler was added after the item was listed. */
  | {
      readonly type: 'added';
      readonly key: string;
      readonly fingerprint: string;
      readonly item?: I;
      /** It was there before the handler was added or the informer synced. */
      readonly initial: boolean;
    }
  /** The item has another fingerprint than before. */
  | {
      readonly type: 'modified';
      readonly key: string;
      readonly fingerprint: string;
      readonly previousFingerprint: string;
      readonly item: I;
    }
  /** The list shows the item no more. */
  | { readonly type: 'deleted'; readonly key: string; readonly fingerprint: string }
  /** Nothing happened; the handler asked to hear of every item now and then. */
  | { readonly type: 'sync'; readonly key: string; readonly fingerprint: string };
