/** What merging needs to know of an event. */
export interface MergeableEvent {
  readonly type: 'added' | 'modified' | 'deleted' | 'sync';
}

/**
 * Shortens a queue of events nobody reads: of each key only the latest state is left, and its latest deletion before.
 *
 * A reader of the result ends up knowing the same as a reader of the whole, and of each key hears at most a deletion and
 * what followed it. An object whose `added` was dropped is reported as added by the event that is left.
 */
export function compactEvents<E extends MergeableEvent>(
  events: readonly E[],
  keyOf: (event: E) => string,
  asAdded: (event: E) => E,
): E[] {
  interface Kept {
    deletedAt: number;
    latestAt: number;
    startsAdded: boolean;
  }
  const keptByKey = new Map<string, Kept>();
  events.forEach((event, index) => {
    const key = keyOf(event);
    let kept = keptByKey.get(key);
    if (kept === undefined) keptByKey.set(key, (kept = { deletedAt: -1, latestAt: -1, startsAdded: false }));
    if (event.type === 'deleted') {
      kept.deletedAt = index;
      kept.latestAt = -1;
      kept.startsAdded = false;
    } else if (event.type !== 'sync' || kept.latestAt === -1) {
      kept.latestAt = index;
      if (event.type === 'added') kept.startsAdded = true;
    }
  });
  const result: E[] = [];
  events.forEach((event, index) => {
    const kept = keptByKey.get(keyOf(event));
    if (kept?.deletedAt === index) result.push(event);
    else if (kept?.latestAt === index) {
      result.push(kept.startsAdded && event.type === 'modified' ? asAdded(event) : event);
    }
  });
  return result;
}
