/**
 * A list to look at again and again.
 *
 * @typeParam I - the items of the list
 */
export interface PolledSource<I> {
  /**
   * Lists everything, at once or page by page. Nothing is taken for deleted unless the whole list was read.
   *
   * An item that moves from a page not yet read to one read before is missed in that poll: see
   * {@link PolledInformerOptions.missesUntilDeleted}.
   */
  list(options: { readonly signal: AbortSignal }): Promise<readonly I[]> | AsyncIterable<readonly I[]>;
  /** What names an item from one list to the next. */
  keyOf(item: I): string;
  /** A text that is another one when the item has changed in a way that matters. Of a long text a digest is kept. */
  fingerprintOf(item: I): string;
  /** Whether the item is in a state that will not last: then the next poll comes sooner. */
  isMoving?(item: I): boolean;
}
