import type { StoreEntry, StoreKey } from '../store.js';

type Labels = Readonly<Record<string, string>>;

/** A place in the change log: behind write number `sequence` of commit `revision`. */
export interface LogPosition {
  readonly revision: number;
  readonly sequence: number;
}

/** One write of one commit, as the change log tells it. */
export type LogRow = LogPosition & { readonly key: StoreKey } & (
    | {
        readonly type: 'put';
        /** What is stored; absent when a later row tells of this key again. */
        readonly entry: StoreEntry | undefined;
        /** Whether the key was not there before this write. */
        readonly created: boolean;
        /** The labels before this write, where it changed them. */
        readonly previousLabels: Labels | undefined;
      }
    | { readonly type: 'delete'; /** The last state, with the revision of the deletion. */ readonly entry: StoreEntry }
  );

/** Part of the change log, oldest first. */
export interface LogPage {
  readonly rows: readonly LogRow[];
  /** Where to go on reading; behind the last row, and behind rows of other kinds that were left out. */
  readonly next: LogPosition;
  /** Whether nothing follows for now. */
  readonly caughtUp: boolean;
}

/** What a watch reads of a store. */
export interface ChangeLog {
  /**
   * The changes behind a position, as many as are good to read at once.
   *
   * @param wakeUp - the number of the last wake-up: with the same number as before, nothing new is known of
   * @throws ExpiredError when changes behind it are no longer kept
   */
  read(after: LogPosition, range: { readonly kind: string; readonly namespace?: string }, wakeUp: number): LogPage;
}

/** What fits into the 24 bits a store may keep the number of a write in; no commit has so many writes. */
const lastSequence = 0xff_ffff;

/** The position behind everything a revision wrote. */
export function behindRevision(revision: number): LogPosition {
  return { revision, sequence: lastSequence };
}

/** Whether one position lies behind another. */
export function isBehind(a: LogPosition, b: LogPosition): boolean {
  return a.revision > b.revision || (a.revision === b.revision && a.sequence > b.sequence);
}
